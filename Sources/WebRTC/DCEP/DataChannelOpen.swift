public import Wire

/// The type of a message that opens data channels (RFC 8832, section 8.2.1).
public struct DCEPType: CodePoint {
    public var rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let ack = Self(rawValue: 2)
    public static let open = Self(rawValue: 3)
    public static let names = [CodeName(2, "data_channel_ack"), CodeName(3, "data_channel_open")]
}

/// The order and reliability of a data channel (RFC 8832, section 5.1). The highest bit means that messages may arrive
/// in any order.
public struct ChannelType: CodePoint {
    public var rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let reliable = Self(rawValue: 0x00)
    public static let partialReliableRexmit = Self(rawValue: 0x01)
    public static let partialReliableTimed = Self(rawValue: 0x02)
    public static let reliableUnordered = Self(rawValue: 0x80)
    public static let partialReliableRexmitUnordered = Self(rawValue: 0x81)
    public static let partialReliableTimedUnordered = Self(rawValue: 0x82)
    public static let names = [
        CodeName(0x00, "reliable"), CodeName(0x01, "partial_reliable_rexmit"),
        CodeName(0x02, "partial_reliable_timed"), CodeName(0x80, "reliable_unordered"),
        CodeName(0x81, "partial_reliable_rexmit_unordered"), CodeName(0x82, "partial_reliable_timed_unordered"),
    ]
    /// True if messages arrive in the order in which they were sent.
    public var isOrdered: Bool { rawValue & 0x80 == 0 }
}

/// A request to open a data channel on a pair of SCTP streams (RFC 8832, section 5.1).
public struct DataChannelOpen: Message {
    public static var name: StaticString { "dcep.open" }
    public static var summary: MessageSummary {
        [
            "open channel ", .name("label"), .maybe(", protocol ", .name("protocol")), ", ", .value("channel_type"),
            .maybe(.when("reliability", [" ", .number("reliability")])),
        ]
    }
    public var type = DCEPType.open
    public var channelType = ChannelType.reliable
    /// The priority; 256 is normal (RFC 8831, section 6.4).
    public var priority: UInt16 = 0
    /// The maximum number of retransmissions, or the lifetime of a message in ms; unused in reliable channels.
    public var reliability: UInt32 = 0
    public var labelLength = Derived<UInt16>()
    public var protocolLength = Derived<UInt16>()
    /// The name of the channel, which need not be unique.
    public var label = Text()
    /// The subprotocol, empty if none is named.
    public var subprotocol = Text()

    public init() {}
    /// Creates a request for a reliable, ordered channel.
    public init(label: String, subprotocol: String = "") {
        (self.label, self.subprotocol) = (Text(label), Text(subprotocol))
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, .open)
        c.field("channel_type", &channelType)
        c.field("priority", &priority)
        c.field("reliability", &reliability)
        c.derived("label_length", &labelLength, UInt16(truncatingIfNeeded: label.count))
        c.derived("protocol_length", &protocolLength, UInt16(truncatingIfNeeded: subprotocol.count))
        c.bytes("label", &label, count: labelLength.count, by: "label_length")
        c.bytes("protocol", &subprotocol, count: protocolLength.count, by: "protocol_length")
    }
}

/// The answer to a `DataChannelOpen` (RFC 8832, section 5.2).
public struct DataChannelAck: Message {
    public static var name: StaticString { "dcep.ack" }
    public static var summary: MessageSummary { ["channel is open"] }
    public var type = DCEPType.ack

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.constant("type", &type, .ack) }
}

extension DCEPType {
    /// Returns the description of a message by its first byte; nil for other types.
    public static func message(_ bytes: RawSpan) -> (any Message.Type)? {
        guard bytes.byteCount > 0 else { return nil }
        return switch DCEPType(rawValue: bytes.unsafeLoad(as: UInt8.self)) {
        case .open: DataChannelOpen.self
        case .ack: DataChannelAck.self
        default: nil
        }
    }
}
