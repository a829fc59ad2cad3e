public import Node
public import Wire

/// The numbers of frames, ascending. One or two, the common case, need no memory of their own.
public struct FrameNumbers: Hashable, Sendable, RandomAccessCollection {
    /// The maximum number of frames listed for one record.
    public static let limit = 65_536
    private var first: Int
    /// The second number; the same as `first` if there is only one.
    private var second: Int
    private var more: [Int] = []
    /// Creates a list of one number.
    public init(_ first: Int) { (self.first, second) = (first, first) }
    /// Creates a list of two numbers in any order, which may be equal.
    init(_ a: Int, _ b: Int) { (first, second) = (Swift.min(a, b), Swift.max(a, b)) }
    /// Creates a list of the numbers, sorted and without repetition. Returns nil if there are no numbers.
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
    /// The number of frames, at least 1.
    public var endIndex: Int { second == first ? 1 : more.count + 2 }
    /// Returns the number at an index, in ascending order.
    public subscript(i: Int) -> Int { i == 0 ? first : i == 1 ? second : more[i - 2] }
}

/// The kind of a record's bytes.
public enum RecordKind: Hashable, Sendable {
    /// A message that its description accepts.
    case message
    /// A message whose content its description rejects. Without a type: bytes that no header declares.
    case malformed
    /// Bytes of a message that the capture does not have completely, or that its sender never finished.
    case incomplete
}

/// One message of a conversation, or bytes that are not a message, with their origin.
public struct Record: Sendable {
    /// The number of the record, counted from 1 in the order in which records become known.
    public var number: Int
    /// The time when the last of its bytes was captured.
    public var time: Timestamp
    /// The time of the first packet of the capture.
    public var start: Timestamp
    /// The sender.
    public var source: Endpoint
    /// The number of a TCP connection as in Wireshark, counted from 0 for TCP alone; -1 for other connections.
    public var tcpStream: Int32 = -1
    /// The receiver.
    public var destination: Endpoint
    /// The transport protocol.
    public var transport: Transport
    /// The number of the connection, counted from 1 in the order of appearance. UDP connections count if their protocol
    /// is known.
    public var flow: Int
    /// The name of the `Definition`.
    public var protocolName: String
    /// The kind: a valid message, a malformed one, or an incomplete one.
    public var kind: RecordKind
    /// The description of the message; nil for bytes that are not a message.
    public var message: (any Message.Type)?
    /// The offset of its first byte in this direction of the stream, including gaps.
    public var offset: Int64
    public var length: Int
    /// The frames of all its bytes.
    public var frames: FrameNumbers
    /// True if the side that opened the connection sent it.
    public var isFromClient: Bool
    /// The findings. Content that `message` rejects is a violation here.
    public var notes: [Finding]
    /// The comments of the capture on its packets, in order. This text comes from outside and may contain anything.
    public var comments: [String] = []
    /// False if dissecting it adds no finding to `notes`, so that code that only counts need not dissect.
    public var isRemarkable = true
    /// The meaning of bytes that do not show it themselves, for `Message.dissect`; see `Coder.hint`.
    public var hint: UInt64 = 0
    /// True for a datagram that its sender sent before. A receiver processes only one of them.
    public var isRepeated = false
    /// The origins of the bytes of a message that was reassembled from several datagrams, in the order of its bytes.
    /// These datagrams have records of their own. Empty if the bytes are from one packet or from a stream.
    public var parts: [DatagramPart] = []
    /// The number of bytes on the wire of the packet that made it known; 0 if that is not known.
    public var packetLength = 0
    /// The number of nanoseconds since the packet before that one.
    public var sincePrevious: Int64 = 0
    /// The path in the layers of the connection, such as `websocket/peerpigeon`. A layer with several channels has a
    /// number before its content, such as `yamux/#3/gossipsub`. Empty for a protocol directly on the transport.
    public var path = ""
    /// The request that it answers; nil if that is not known, or if the sink does not want it.
    public var answers: AnsweredRequest?
    /// True if it is a message that asks (`MessageExchange.ask`) and the sink wants answers.
    public var isRequest = false
    /// The contents, if this is a unit of a layer.
    public var carries = Carried.nothing
    /// True for a unit of a layer whose content is encrypted and cannot be read.
    public var isSealed = false
    /// True for a finding that is about no bytes, such as a message that never arrived on any connection.
    public var isFinding = false
    /// True for the content of a layer in an unknown protocol.
    public var isPlain = false
    /// The units of the layer below that brought its bytes, in order; empty if there is no such layer.
    public var origins: [RecordOrigin] = []
    /// True if it was reassembled from several datagrams.
    public var isReassembled: Bool { !parts.isEmpty }
    /// True for a unit of a layer with known contents. It is listed only if the user asks for layers.
    public var isCarrier: Bool { carries == .known }
    /// True if a layer below carries it.
    public var isCarried: Bool { !ConversationPath.isBottom(path) }
    /// True if its bytes are also bytes of other records.
    public var isOfOthers: Bool { isReassembled || isCarried }
    /// True for a unit of a layer that needs no report of its own, because its contents have records.
    public var isMereCarrier: Bool {
        carries != .nothing && kind == .message && notes.allSatisfy { $0.severity == .info }
    }

    /// The contents of a unit of a layer.
    public enum Carried: Hashable, Sendable {
        /// No content with records of its own.
        case nothing
        /// Messages, or parts of them, of an unknown protocol.
        case plain
        /// A known protocol.
        case known
    }

    /// The name, such as `nano.keepalive`; `nano.malformed` or `nano.incomplete` for bytes that are not a message, and
    /// `nano.finding` for a finding about no bytes.
    public var name: String {
        if let message { return message.name.description }
        if isFinding { return protocolName + ".finding" }
        return protocolName + (kind == .incomplete ? ".incomplete" : ".malformed")
    }
}

/// The origin of a record's bytes in a unit of the layer below.
public struct RecordOrigin: Hashable, Sendable {
    /// The number of the unit's record.
    public var record: Int
    /// The range of the unit's bytes that they are, or were made from.
    public var range: Range<Int>
    /// True if they were made from these bytes: decrypted, decompressed, unmasked, joined.
    public var isMade: Bool
    public init(record: Int, range: Range<Int>, isMade: Bool) {
        (self.record, self.range, self.isMade) = (record, range, isMade)
    }
}

/// A receiver of records. Its functions are called in the order in which records become known. In one direction of a
/// stream that is the order of the stream.
public protocol RecordSink {
    /// Receives a record; `bytes` are valid only during the call.
    mutating func record(_ record: borrowing Record, _ bytes: RawSpan)
    /// True if a valid message of a stream or datagram without findings need not be a record. Then `plain` is called
    /// instead.
    var takesPlain: Bool { get }
    /// Receives such a message of the named protocol.
    mutating func plain(_ message: borrowing PlainMessage, of protocolName: String)
    /// Receives a note that belongs to no single message.
    mutating func note(_ note: CaptureNote)
    /// False if the sink needs no more records, so that the rest of the capture need not be read.
    var isOpen: Bool { get }
    /// True to receive records with `Record.answers`.
    var wantsAnswers: Bool { get }
    /// True to receive calls of `packet` and `settled`.
    var wantsPackets: Bool { get }
    /// Receives a packet, before the records that it makes known.
    mutating func packet(_ packet: borrowing Packet)
    /// Receives the state after a packet and its records: its connection (0 if it has none), and true for `waits` if
    /// its bytes wait for later packets. If not, no later record has bytes in its packets up to this one.
    mutating func settled(flow: Int, waits: Bool)
    /// Receives the begin or end of a TCP connection.
    mutating func connection(_ event: ConnectionEvent)
    /// True to count segments, for `transport`.
    var wantsTransport: Bool { get }
    /// Receives the counts of the segments of a connection, once for each connection, at its end.
    mutating func transport(_ summary: TCPSummary)
}
extension RecordSink {
    /// False: every message is a record.
    public var takesPlain: Bool { false }
    /// Does nothing, because it is not called by default.
    public mutating func plain(_ message: borrowing PlainMessage, of protocolName: String) {}
    /// False: the sink does not need to know which message answers which.
    public var wantsAnswers: Bool { false }
    /// False: the sink needs only records.
    public var wantsPackets: Bool { false }
    public mutating func packet(_ packet: borrowing Packet) {}
    public mutating func settled(flow: Int, waits: Bool) {}
    /// Does nothing: the sink needs only messages.
    public mutating func connection(_ event: ConnectionEvent) {}
    /// False: the sink needs only messages.
    public var wantsTransport: Bool { false }
    public mutating func transport(_ summary: TCPSummary) {}
    /// Does nothing: the sink leaves out notes.
    public mutating func note(_ note: CaptureNote) {}
    /// True: the sink takes all records.
    public var isOpen: Bool { true }
}
