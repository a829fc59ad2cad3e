public import Node
public import Wire

/// Numbers of frames, ascending. One or two, the common case, take no memory of their own.
public struct FrameNumbers: Hashable, Sendable, RandomAccessCollection {
    /// More than these are not listed for one record.
    public static let limit = 65_536
    private var first: Int
    /// The same as `first` when there is only that.
    private var second: Int
    private var more: [Int] = []
    /// One number.
    public init(_ first: Int) { (self.first, second) = (first, first) }
    /// Two numbers in any order, which may be one.
    init(_ a: Int, _ b: Int) { (first, second) = (Swift.min(a, b), Swift.max(a, b)) }
    /// Sorted, each once; nil when there is none.
    init?(_ numbers: [Int]) {
        let sorted = numbers.sorted()
        guard let first = sorted.first else { return nil }
        (self.first, second) = (first, first)
        for n in sorted.dropFirst() {
            if n == first { continue }
            if second == first { second = n } else if n != more.last ?? second { more.append(n) }
        }
    }
    /// Always 0.
    public var startIndex: Int { 0 }
    /// How many there are; at least 1.
    public var endIndex: Int { second == first ? 1 : more.count + 2 }
    /// The number at a place, in ascending order.
    public subscript(i: Int) -> Int { i == 0 ? first : i == 1 ? second : more[i - 2] }
}

/// What a record's bytes are.
public enum RecordKind: Hashable, Sendable {
    /// A message that its description accepts.
    case message
    /// A message whose content its description refuses; or bytes that no header declares, when there is no type.
    case malformed
    /// Bytes of a message that the capture does not have as a whole, or that its sender never finished.
    case incomplete
}

/// One message of a conversation, or bytes that are none, with where they came from.
public struct Record: Sendable {
    /// Counted from 1 through the capture, in the order in which records become known.
    public var number: Int
    /// When the last of its bytes was captured.
    public var time: Timestamp
    /// When the first packet of the capture was captured.
    public var start: Timestamp
    /// Who sent it.
    public var source: Endpoint
    /// Of a TCP connection its number as Wireshark has it: from 0, TCP alone; -1 of others.
    public var tcpStream: Int32 = -1
    /// Whom it was sent to.
    public var destination: Endpoint
    /// What carried it.
    public var transport: Transport
    /// Connections are counted from 1 in order of appearance, those of UDP among them when their protocol is known.
    public var flow: Int
    /// Name of the `Definition`.
    public var protocolName: String
    /// Whether the bytes are a message, and a good one.
    public var kind: RecordKind
    /// The message's description; nil for bytes that are no message.
    public var message: (any Message.Type)?
    /// Offset of its first byte in this direction of the stream, gaps counted.
    public var offset: Int64
    public var length: Int
    /// All frames that its bytes came in.
    public var frames: FrameNumbers
    /// Sent by the side that opened the connection.
    public var isFromClient: Bool
    /// What is worth telling about it; content that `message` refuses stands here as a violation.
    public var notes: [Finding]
    /// What the capture says of its packets, in their order: text from outside, with whatever is in it.
    public var comments: [String] = []
    /// False: dissecting it would bring no note that is not in `notes`. So that whoever counts need not dissect.
    public var isRemarkable = true
    /// What is known of the bytes besides, as of `Message.dissect`.
    public var hint: UInt64 = 0
    /// Its sender said it before: a datagram that came again, of which a receiver takes one.
    public var isRepeated = false
    /// Where the bytes stood, of a message that was put together from several datagrams: in the order of its bytes.
    /// Those datagrams have records of their own. Empty for what is the bytes of one packet, or of a stream.
    public var parts: [DatagramPart] = []
    /// Bytes on the wire of the packet that made it known; 0 where that is not told.
    public var packetLength = 0
    /// Nanoseconds from the packet before that one.
    public var sincePrevious: Int64 = 0
    /// Its place among the layers of the connection, such as `websocket/peerpigeon`, with a number before what stands in
    /// one of several channels, such as `yamux/#3/gossipsub`; empty for what stands on the transport itself.
    public var path = ""
    /// Of a unit of a layer: what it carries.
    public var carries = Carried.nothing
    /// True for a unit of a layer whose content is encrypted and cannot be read.
    public var isSealed = false
    /// It is what a layer carries that is of no protocol that anybody knows.
    public var isPlain = false
    /// The units of the layer below that its bytes came in, in order; empty where there is no such layer.
    public var origins: [RecordOrigin] = []
    /// True when it was put together from several datagrams.
    public var isReassembled: Bool { !parts.isEmpty }
    /// It is a unit of a layer, and what the layer carries is known: it is listed where layers are asked for.
    public var isCarrier: Bool { carries == .known }
    /// True when a layer below carries it.
    public var isCarried: Bool { !ConversationPath.isBottom(path) }
    /// True when its bytes are those of other records too.
    public var isOfOthers: Bool { isReassembled || isCarried }
    /// True of a unit of a layer of which there is nothing to tell but what it carries, which has records of its own.
    public var isMereCarrier: Bool {
        carries != .nothing && kind == .message && notes.allSatisfy { $0.severity == .info }
    }

    /// What a unit of a layer carries.
    public enum Carried: Hashable, Sendable {
        /// Nothing that is told by itself.
        case nothing
        /// Messages, or parts of them, of no protocol that anybody knows.
        case plain
        /// What is known.
        case known
    }

    /// As in `nano.keepalive`; `nano.malformed` and `nano.incomplete` for bytes that are no message.
    public var name: String {
        if let message { return message.name.description }
        return protocolName + (kind == .incomplete ? ".incomplete" : ".malformed")
    }
}

/// Where bytes of a record stood in a unit of the layer below.
public struct RecordOrigin: Hashable, Sendable {
    /// Number of the unit's record.
    public var record: Int
    /// The bytes of the unit that they are, or were made of.
    public var range: Range<Int>
    /// They were made of these bytes: decrypted, inflated, unmasked, joined.
    public var isMade: Bool
    public init(record: Int, range: Range<Int>, isMade: Bool) {
        (self.record, self.range, self.isMade) = (record, range, isMade)
    }
}

/// Where records go. Called in the order in which they become known, which in one direction of a stream is the order
/// of the stream.
public protocol RecordSink {
    /// `bytes` are the record's, and only lent.
    mutating func record(_ record: borrowing Record, _ bytes: RawSpan)
    /// Whether a message of a stream or datagram that is good, and of which nothing is noted, need be no record: then
    /// `plain` is called for it instead.
    var takesPlain: Bool { get }
    /// Such a message, of the protocol of a name.
    mutating func plain(_ message: borrowing PlainMessage, of protocolName: String)
    /// Something that belongs to no single message.
    mutating func note(_ note: CaptureNote)
    /// False when nobody reads any more, so that the rest of the capture need not be read.
    var isOpen: Bool { get }
    /// Whether `packet` and `settled` are to be called.
    var wantsPackets: Bool { get }
    /// A packet, before the records that it makes known.
    mutating func packet(_ packet: borrowing Packet)
    /// What the packet did, after its records: the connection that it belongs to (0: none), and whether bytes of that
    /// wait for packets to come. When they do not, no record to come has bytes in its packets up to this one.
    mutating func settled(flow: Int, waits: Bool)
    /// A TCP connection begins or ends.
    mutating func connection(_ event: ConnectionEvent)
    /// Whether segments are to be counted, for `transport`.
    var wantsTransport: Bool { get }
    /// What was counted of the segments of a connection, of which no more come; once for each.
    mutating func transport(_ summary: TCPSummary)
}
extension RecordSink {
    /// False: every message is a record.
    public var takesPlain: Bool { false }
    /// Nothing: not called unless asked for.
    public mutating func plain(_ message: borrowing PlainMessage, of protocolName: String) {}
    /// False: records are enough.
    public var wantsPackets: Bool { false }
    public mutating func packet(_ packet: borrowing Packet) {}
    public mutating func settled(flow: Int, waits: Bool) {}
    /// Nothing: messages are enough.
    public mutating func connection(_ event: ConnectionEvent) {}
    /// False: messages are enough.
    public var wantsTransport: Bool { false }
    public mutating func transport(_ summary: TCPSummary) {}
    /// Nothing: what belongs to no message is left out.
    public mutating func note(_ note: CaptureNote) {}
    /// True: a sink takes all there is unless it says otherwise.
    public var isOpen: Bool { true }
}
