/// What a node counts of datagrams and messages that it does not take as they are.
public enum Counter: Int, CaseIterable, Sendable {
    // Of datagrams, by the header alone.
    /// No datagram of this protocol, or one that contradicts itself; or a body that does.
    case malformed
    /// Another version than 1.
    case badVersion
    /// No type.
    case badType
    /// Above a limit.
    case tooBig
    /// It may go no further.
    case hopLimit
    /// From nobody, or from oneself.
    case badSource
    /// For somebody else, and nothing that is relayed.
    case notForMe
    /// To be relayed, and there is no way.
    case noRoute
    // Of datagrams, by what came before.
    /// Of a boot that was replaced a moment ago.
    case oldBoot
    /// Of a message that was complete a moment ago.
    case dupDone
    /// Older than the newest of its series.
    case stale
    /// Of the same message, and says otherwise.
    case inconsistent
    /// The same fragment again.
    case dup
    /// The same fragment with other bytes.
    case conflict
    /// There is no room for it.
    case full
    /// More bytes than the message has.
    case overrun
    /// All are there, and are not the body that was meant.
    case crc
    /// A section that must be known and is not.
    case unknownSection
    // Of messages that are not whole.
    /// Given up for a newer one.
    case evict
    /// Not whole in time.
    case timeout
    /// A newer one, or a newer boot, was complete first.
    case superseded
    // Of messages that are applied.
    /// A record that was skipped.
    case badRecord
    /// An answer to a FIND that nobody asked.
    case unasked

    /// As displays and other implementations call it.
    public var name: String { "\(self)" }
}

/// How often each has happened.
public struct Counters: Hashable, Sendable {
    private var counts = [UInt64](repeating: 0, count: Counter.allCases.count)
    /// All counters at 0.
    public init() {}
    /// How often it has happened.
    public internal(set) subscript(_ counter: Counter) -> UInt64 {
        get { counts[counter.rawValue] }
        set { counts[counter.rawValue] = newValue }
    }
}
