public import Wire

/// The type of a chunk (RFC 9260, section 3.2, RFC 8260, RFC 6525 and RFC 3758).
public struct ChunkType: CodePoint {
    public var rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let data = Self(rawValue: 0)
    public static let initiation = Self(rawValue: 1)
    public static let initiationAck = Self(rawValue: 2)
    public static let sack = Self(rawValue: 3)
    public static let heartbeat = Self(rawValue: 4)
    public static let heartbeatAck = Self(rawValue: 5)
    public static let abort = Self(rawValue: 6)
    public static let shutdown = Self(rawValue: 7)
    public static let error = Self(rawValue: 9)
    public static let cookieEcho = Self(rawValue: 10)
    public static let iData = Self(rawValue: 64)
    public static let reConfig = Self(rawValue: 130)
    public static let forwardTSN = Self(rawValue: 192)
    public static let names = [
        CodeName(0, "data"), CodeName(1, "init"), CodeName(2, "init_ack"), CodeName(3, "sack"),
        CodeName(4, "heartbeat"), CodeName(5, "heartbeat_ack"), CodeName(6, "abort"), CodeName(7, "shutdown"),
        CodeName(8, "shutdown_ack"), CodeName(9, "error"), CodeName(10, "cookie_echo"), CodeName(11, "cookie_ack"),
        CodeName(12, "ecne"), CodeName(13, "cwr"), CodeName(14, "shutdown_complete"), CodeName(15, "auth"),
        CodeName(64, "i_data"), CodeName(128, "asconf_ack"), CodeName(130, "re_config"), CodeName(132, "pad"),
        CodeName(192, "forward_tsn"), CodeName(193, "asconf"), CodeName(194, "i_forward_tsn"),
    ]
    /// True for the chunks that end an association or report an error.
    var isTrouble: Bool {
        switch rawValue {
        case 6, 7, 8, 9, 14: true
        default: false
        }
    }
}

/// The flags of a DATA or I-DATA chunk.
enum DataFlags {
    /// The last piece of a message.
    static let ends: UInt8 = 1
    /// The first piece of a message.
    static let begins: UInt8 = 2
    /// The message may be delivered in any order.
    static let unordered: UInt8 = 4
}

/// The kind of a user message (RFC 8831, section 8, and RFC 8832, section 8.1).
public struct PayloadProtocol: CodePoint {
    public var rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let dcep = Self(rawValue: 50)
    public static let string = Self(rawValue: 51)
    public static let stringEmpty = Self(rawValue: 56)
    public static let binaryEmpty = Self(rawValue: 57)
    public static let names = [
        CodeName(50, "dcep"), CodeName(51, "string"), CodeName(52, "binary_partial"), CodeName(53, "binary"),
        CodeName(54, "string_partial"), CodeName(56, "string_empty"), CodeName(57, "binary_empty"),
    ]
    /// True for a text, which is UTF-8.
    public var isText: Bool { rawValue == 51 || rawValue == 54 || rawValue == 56 }
    /// True for a message without content. One byte stands for it, because SCTP has no empty messages.
    public var isEmpty: Bool { self == .stringEmpty || self == .binaryEmpty }
}
