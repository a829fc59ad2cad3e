/// The reasons for which a node drops or does not apply a datagram, a message or a record. Each has a counter.
public enum Counter: Int, CaseIterable, Sendable {
    // Datagrams that are dropped because of their header alone.
    /// The datagram is not of this protocol or contradicts itself, or its body does.
    case malformed
    /// The version is not 1.
    case badVersion
    /// The type is unknown.
    case badType
    /// A size or a number is above a limit.
    case tooBig
    /// The hop limit does not allow the datagram to be relayed any further.
    case hopLimit
    /// The source is all zero or the id of the receiver itself.
    case badSource
    /// The datagram is for another node, and its type is not relayed.
    case notForMe
    /// The datagram has to be relayed, but there is no route.
    case noRoute
    // Datagrams that are dropped because of earlier datagrams.
    /// The boot of the source was replaced a short time ago.
    case oldBoot
    /// The message of the datagram was completed a short time ago.
    case dupDone
    /// The message is older than the newest one of its series.
    case stale
    /// The header differs from an earlier fragment of the same message.
    case inconsistent
    /// The fragment was received before.
    case dup
    /// The fragment was received before, with different bytes.
    case conflict
    /// There is no room for the fragment.
    case full
    /// The fragments together are longer than the message.
    case overrun
    /// All fragments were received, but length or checksum of the body is wrong.
    case crc
    /// A section is unknown that the receiver must know to understand the message.
    case unknownSection
    // Messages that are abandoned before they are complete.
    /// The message was abandoned to make room for a newer one.
    case evict
    /// The message was not completed in time.
    case timeout
    /// A newer message, or a message of a newer boot, was completed first.
    case superseded
    // Messages that are applied.
    /// A record was skipped.
    case badRecord
    /// A FIND_ACK answers no pending FIND.
    case unasked

    /// The name in displays and in other implementations.
    public var name: String { "\(self)" }
}

/// The number of events of each reason.
public struct Counters: Hashable, Sendable {
    private var counts = [UInt64](repeating: 0, count: Counter.allCases.count)
    /// All counters at 0.
    public init() {}
    /// The number of events with this reason.
    public internal(set) subscript(_ counter: Counter) -> UInt64 {
        get { counts[counter.rawValue] }
        set { counts[counter.rawValue] = newValue }
    }
}
