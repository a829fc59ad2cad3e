import Wire

/// A data channel of a connection (RFC 8831): a pair of streams with the same number.
struct DataChannel: Sendable {
    enum State: Sendable {
        /// The association, which decides the number of the stream, is not up yet.
        case waiting
        /// The other side has not confirmed the channel yet.
        case opening
        case open
        case closing
    }
    var label: String
    var subprotocol: String
    var delivery = Delivery()
    var state = State.waiting
    var stream: UInt16?
    /// The messages for which the transport has no room yet.
    var queue = SendQueue()
    /// The received parts of a message whose end is missing.
    var part: [UInt8] = []
    var isResetAsked = false
    var hasEndedOurs = false
    var hasEndedTheirs = false
}

/// The messages of a channel that wait to be sent, in order.
struct SendQueue: Sendable {
    private var items: [(payload: ChannelPayload, bytes: [UInt8])] = []
    /// The number of items that were taken out, which are removed together: one by one, each would move all others.
    private var taken = 0

    var isEmpty: Bool { taken == items.count }
    /// The number of bytes of the messages.
    var byteCount: Int { items[taken...].reduce(0) { $0 + $1.bytes.count } }
    var first: (payload: ChannelPayload, bytes: [UInt8])? { isEmpty ? nil : items[taken] }
    mutating func append(_ payload: ChannelPayload, _ bytes: [UInt8]) { items.append((payload, bytes)) }
    mutating func removeFirst() {
        items[taken].bytes = []
        taken += 1
        guard taken == items.count || taken >= 64 && 2 * taken >= items.count else { return }
        items.removeFirst(taken)
        taken = 0
    }
    mutating func removeAll() { self = Self() }
}

/// The payload protocol identifiers of data channels (RFC 8831, section 8).
enum ChannelPayload: UInt32, Sendable {
    case control = 50
    case text = 51
    case binary = 53
    case emptyText = 56
    case emptyBinary = 57
}

/// The reason why a message cannot be sent.
public enum ChannelError: Error, Equatable, Sendable, CustomStringConvertible {
    case notOpen
    /// The message has more bytes than the other side accepts.
    case tooLarge(bytes: Int, limit: UInt64)
    /// This number of bytes waits already, because the other side does not read.
    case full(waiting: Int)

    /// One line.
    public var description: String {
        switch self {
        case .notOpen: "the data channel is not open"
        case .tooLarge(let bytes, let limit):
            "the message has \(bytes) bytes, but the other side accepts at most \(limit) bytes"
        case .full(let waiting): "the other side does not read: \(waiting) bytes wait to be sent"
        }
    }
}

extension Delivery {
    /// Creates the delivery that a request to open a channel asks for; nil for an unknown type.
    init?(_ request: DataChannelOpen) {
        self.init()
        isOrdered = request.channelType.isOrdered
        switch request.channelType {
        case .reliable, .reliableUnordered: break
        case .partialReliableRexmit, .partialReliableRexmitUnordered:
            reliability = .retransmissions(request.reliability)
        case .partialReliableTimed, .partialReliableTimedUnordered: reliability = .lifetime(request.reliability)
        default: return nil
        }
    }
    /// The type and the value in a request to open a channel.
    var request: (type: ChannelType, value: UInt32) {
        let (type, value): (UInt8, UInt32) =
            switch reliability {
            case .reliable: (0, 0)
            case .retransmissions(let most): (1, most)
            case .lifetime(let milliseconds): (2, milliseconds)
            }
        return (ChannelType(rawValue: type | (isOrdered ? 0 : 0x80)), value)
    }
}
