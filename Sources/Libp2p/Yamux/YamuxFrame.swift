public import Wire

/// The type of a frame (libp2p specs, yamux).
@frozen public struct YamuxType: CodePoint {
    public var rawValue: UInt8
    @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let data = Self(rawValue: 0)
    public static let windowUpdate = Self(rawValue: 1)
    public static let ping = Self(rawValue: 2)
    public static let goAway = Self(rawValue: 3)
    public static let names = [
        CodeName(0, "data"), CodeName(1, "window_update"), CodeName(2, "ping"), CodeName(3, "go_away"),
    ]
}

/// A frame of yamux: a header of 12 bytes, which a payload follows in data frames.
///
/// Frames of unknown versions and types are decoded too, as a header only. An end of the session closes it because of
/// them.
@frozen public struct YamuxFrame: Message {
    public static var name: StaticString { "libp2p.yamux_frame" }
    public static var summary: MessageSummary {
        [
            .first([
                [.equal("type", "data", [.first([["data ", .size("payload")], ["no data"]])])],
                [.equal("type", "window_update", ["window update of ", .number("length"), " B"])],
                [.equal("type", "ping", ["ping ", .number("length")])],
                [.equal("type", "go_away", ["go away, reason ", .number("length")])], ["type ", .value("type")],
            ]), .maybe(.when("stream", [", stream ", .number("stream")])),
            .maybe(.when("flags", [", ", .value("flags")])),
        ]
    }
    /// The version, which is 0.
    public var version: UInt8 = 0
    public var type = YamuxType.data
    /// Bits of `YamuxFlags`.
    public var flags: UInt16 = 0
    /// The id of the stream; 0 means the session.
    public var stream: UInt32 = 0
    /// The length of the payload in a data frame, the number of granted bytes in a window update, the value to be
    /// returned in a ping, or the code of a go-away. In other frames that end a stream, newer go-libp2p puts a code
    /// here.
    public var length = Derived<UInt32>()
    public var payload = Bytes()

    /// The length of a header in bytes.
    public static let headerSize = 12

    /// The names of the flags.
    public static var meanings: [String: FieldMeaning] {
        let names = [
            BitName(UInt64(YamuxFlags.syn), "syn"), BitName(UInt64(YamuxFlags.ack), "ack"),
            BitName(UInt64(YamuxFlags.fin), "fin"), BitName(UInt64(YamuxFlags.rst), "rst"),
        ]
        return ["flags": .bits(names)]
    }
    @inlinable public init() {}
    /// Creates a frame without payload.
    public init(_ type: YamuxType, flags: UInt16 = 0, stream: UInt32, length: UInt32 = 0) {
        (self.type, self.flags, self.stream) = (type, flags, stream)
        self.length.stored = length
    }

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("version", &version)
        c.field("type", &type)
        c.field("flags", &flags)
        c.field("stream", &stream)
        // In other frames than data frames, the length is not computed from the payload.
        let told = length.value
        c.derived("length", &length, type == .data ? UInt32(clamping: payload.count) : told)
        c.bytes("payload", &payload, count: type == .data ? length.count : 0, by: "length")
    }
}

/// The bits of a frame's flags.
public enum YamuxFlags {
    /// Opens a stream. In a ping: requests an answer.
    public static let syn: UInt16 = 1
    /// Accepts a stream. In a ping: answers one.
    public static let ack: UInt16 = 2
    /// Ends the direction of the sender.
    public static let fin: UInt16 = 4
    /// Ends both directions of the stream.
    public static let rst: UInt16 = 8
}
