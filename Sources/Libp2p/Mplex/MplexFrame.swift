public import Wire

/// The type of a frame, and the side that opened its stream (libp2p specs, mplex). Even values are sent by that side.
@frozen public struct MplexFlag: CodePoint {
    public var rawValue: UInt8
    @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let newStream = Self(rawValue: 0)
    public static let messageReceiver = Self(rawValue: 1)
    public static let messageInitiator = Self(rawValue: 2)
    public static let closeReceiver = Self(rawValue: 3)
    public static let closeInitiator = Self(rawValue: 4)
    public static let resetReceiver = Self(rawValue: 5)
    public static let resetInitiator = Self(rawValue: 6)
    public static let names = [
        CodeName(0, "new_stream"), CodeName(1, "message_receiver"), CodeName(2, "message_initiator"),
        CodeName(3, "close_receiver"), CodeName(4, "close_initiator"), CodeName(5, "reset_receiver"),
        CodeName(6, "reset_initiator"),
    ]
    /// True if the sender opened the stream.
    public var isOfInitiator: Bool { rawValue % 2 == 0 }
}

/// A frame of mplex. Both sides may give their streams the same number; the flag shows which stream is meant.
public struct MplexFrame: Message {
    public static var name: StaticString { "libp2p.mplex_frame" }
    public static var summary: MessageSummary {
        [.value("flag"), ", stream ", .number("stream"), .maybe(", ", .size("data"))]
    }
    /// The number of the stream, then three bits for the flag.
    public var header = Derived<UInt64>()
    public var stream: UInt64 = 0
    public var flag = MplexFlag.newStream
    /// The length of `data` in bytes.
    public var length = Derived<UInt32>()
    /// The payload, or the name of a new stream.
    public var data = Bytes()

    /// The maximum payload of a frame in bytes.
    public static let limit = 1 << 20

    public init() {}
    /// Creates a frame.
    public init(_ flag: MplexFlag, stream: UInt64, _ data: [UInt8] = []) {
        (self.flag, self.stream, self.data) = (flag, stream, Bytes(data))
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let before = c.remaining
        c.derived("header", &header, .varint, computed: stream << 3 | UInt64(flag.rawValue & 7))
        let count = before - c.remaining
        c.require("header", before == 0 || count == Varint.size(header.value) && count <= Varint.most, header.value)
        c.require("flag", header.value & 7 != 7, 7)
        c.implied("stream", &stream, header.value >> 3)
        c.implied("flag", &flag, MplexFlag(rawValue: UInt8(header.value & 7)))
        c.length("length", &length, most: UInt32(Self.limit), UInt32(clamping: data.count))
        c.bytes("data", &data, count: length.count, by: "length")
    }
}
