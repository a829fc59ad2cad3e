public import Wire

/// Hears all datagrams of a protocol that a capture holds, whoever sends them to whom: tells what each is, which
/// messages they make together and what breaks the rules, for protocols in which that takes more than one conversation.
///
/// What was before the capture, and what it lacks, is unknown and not absent, as for an `Observer`.
public protocol DatagramObserver: Sendable {
    /// A datagram. What there is to tell is appended to `out`, where others have been before, in the order in which it
    /// becomes known. `number` is that of the datagram: no later one has a lower one. `time` is since some moment
    /// before, and may stand still or go back where clocks do.
    mutating func observe(
        _ bytes: RawSpan, from source: Endpoint, to destination: Endpoint, number: Int, at time: Instant,
        into out: inout [ObservedMessage])
    /// No datagram follows: tells what is still waiting for others.
    mutating func finish(into out: inout [ObservedMessage])
    /// True when one that was sent from here to there waits for others of its message.
    func isWaiting(from source: Endpoint, to destination: Endpoint) -> Bool
}

/// A part of a message that was put together: bytes that stood in one datagram.
public struct DatagramPart: Hashable, Sendable {
    /// Where they stand in the message.
    public var range: Range<Int>
    /// The datagram, or the frame of a capture that holds them.
    public var number: Int
    /// Where they stood in the payload of the datagram.
    public var offset: Int
    /// So many bytes of a message that stood in a datagram.
    public init(_ range: Range<Int>, of number: Int, at offset: Int) {
        self.range = range
        self.number = number
        self.offset = offset
    }
}

/// What is to be told of a datagram, or of what several of them make together.
public struct ObservedMessage: Sendable {
    public enum Kind: Hashable, Sendable {
        /// The datagram by itself: a message, or a part of one.
        case datagram
        /// The datagram: none that anybody takes, as `findings` say.
        case malformed
        /// A message that datagrams make together.
        case rejoined
        /// A message of which parts came, and never all; `findings` say which are missing.
        case incomplete
        /// The same, because there was no room to wait any longer.
        case givenUp
    }
    public var kind: Kind
    /// The description of it; nil when it has none.
    public var type: (any Message.Type)?
    /// As of `Message.dissect`: what a datagram is by what came before it.
    public var hint: UInt64 = 0
    /// It was said before, and this is the same again.
    public var isRepeated = false
    /// False: dissecting it would bring no note.
    public var isRemarkable = false
    /// The bytes of a message that was put together; none where they are those of the datagram.
    public var bytes: [UInt8] = []
    /// Where those stood; of a message that is not whole, where what came of it stood.
    public var parts: [DatagramPart] = []
    /// When the last that came of what is not whole was seen.
    public var time: Instant?
    /// Who sent what is not whole.
    public var source: Endpoint?
    /// Whom it was sent to.
    public var destination: Endpoint?
    /// What is worth telling.
    public var findings: [Finding] = []
    /// Nothing but this.
    public init(_ kind: Kind, _ type: (any Message.Type)?) {
        self.kind = kind
        self.type = type
    }
}
