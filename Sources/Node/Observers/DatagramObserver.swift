public import Wire

/// An observer of all datagrams of a protocol in a capture, between any endpoints. It reports the type of each
/// datagram, the messages that they form together, and broken rules. It is for protocols in which one conversation is
/// not enough.
///
/// Messages before the capture, and those that it lacks, are unknown and not absent, as for an `Observer`.
public protocol DatagramObserver: Sendable {
    /// Judges a datagram. Results are appended to `out`, which may already hold others, in the order in which they
    /// become known. `number` is the number of the datagram; no later one has a lower number. `time` is the time since
    /// an earlier moment; it may stop or go back if the capture's clock does.
    mutating func observe(
        _ bytes: RawSpan, from source: Endpoint, to destination: Endpoint, number: Int, at time: Instant,
        into out: inout [ObservedMessage])
    /// Reports the datagrams that still wait for others, because no datagram follows.
    mutating func finish(into out: inout [ObservedMessage])
    /// Returns true if a datagram from `source` to `destination` waits for others of its message.
    func isWaiting(from source: Endpoint, to destination: Endpoint) -> Bool
    /// Receives a side of an ICE session from the messages of a signaling protocol in the same capture.
    mutating func learn(_ end: SignaledEnd)
}
extension DatagramObserver {
    /// Does nothing: the protocol has no sessions that others set up.
    public mutating func learn(_ end: SignaledEnd) {}
}

/// A part of a reassembled message: bytes from one datagram.
public struct DatagramPart: Hashable, Sendable {
    /// The range in the message.
    public var range: Range<Int>
    /// The number of the datagram, or of the frame of a capture that holds the bytes.
    public var number: Int
    /// The offset in the payload of the datagram.
    public var offset: Int
    /// Creates a part of a message from a range of bytes in a datagram.
    public init(_ range: Range<Int>, of number: Int, at offset: Int) {
        self.range = range
        self.number = number
        self.offset = offset
    }
}

/// A result about a datagram, or about several that belong together.
public struct ObservedMessage: Sendable {
    public enum Kind: Hashable, Sendable {
        /// The datagram by itself: a message, or a part of one.
        case datagram
        /// A datagram that every receiver refuses; `findings` have the reason.
        case malformed
        /// A message that several datagrams form, or that was made from the bytes of one.
        case rejoined
        /// A message with missing parts; `findings` name them.
        case incomplete
        /// A message with missing parts that was given up, because there was no room to wait any longer.
        case givenUp
        /// Data that the capture lacks, as a later datagram shows; `findings` say how much.
        case missing
    }
    public var kind: Kind
    /// The type of the message; nil if it has none.
    public var type: (any Message.Type)?
    /// The hint for `Message.dissect`: knowledge about the datagram from earlier ones.
    public var hint: UInt64 = 0
    /// True if this message repeats an earlier one.
    public var isRepeated = false
    /// False if a dissection would have no note.
    public var isRemarkable = false
    /// The bytes of a reassembled message; empty if the datagram holds them.
    public var bytes: [UInt8] = []
    /// The range of the datagram's payload that is the message; nil: all of it, or `bytes`.
    public var range: Range<Int>?
    /// The place of the message in the layers of its datagram; nil if it is directly in UDP.
    public var place: LayerPlace?
    /// The places of these bytes; for an incomplete message, the places of the parts that arrived.
    public var parts: [DatagramPart] = []
    /// The time of the last part of an incomplete message.
    public var time: Instant?
    /// The sender of an incomplete message.
    public var source: Endpoint?
    /// The destination of an incomplete message.
    public var destination: Endpoint?
    /// The findings about the message.
    public var findings: [Finding] = []
    /// Creates a result without further data.
    public init(_ kind: Kind, _ type: (any Message.Type)?) {
        self.kind = kind
        self.type = type
    }
}
