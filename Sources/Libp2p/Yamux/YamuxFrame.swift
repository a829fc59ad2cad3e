public import Wire

/// What a frame is (libp2p specs, yamux).
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

/// A frame of yamux: a header of 12 bytes, and behind that of a data frame its payload.
///
/// Versions and types that nobody knows are frames all the same, of a header only; who takes part ends the session.
@frozen public struct YamuxFrame: Message {
    public static var name: StaticString { "libp2p.yamux_frame" }
    /// 0.
    public var version: UInt8 = 0
    public var type = YamuxType.data
    /// Bits of `YamuxFlags`.
    public var flags: UInt16 = 0
    /// 0: the session.
    public var stream: UInt32 = 0
    /// Of data its bytes, of a window update the bytes that are granted, of a ping a value that comes back, of a go-away a
    /// code. Where other frames end a stream, newer go-libp2p puts a code there.
    public var length = Derived<UInt32>()
    public var payload = Bytes()

    /// Bytes of a header.
    public static let headerSize = 12

    /// Those of the flags.
    public static var meanings: [String: FieldMeaning] {
        let names = [
            BitName(UInt64(YamuxFlags.syn), "syn"), BitName(UInt64(YamuxFlags.ack), "ack"),
            BitName(UInt64(YamuxFlags.fin), "fin"), BitName(UInt64(YamuxFlags.rst), "rst"),
        ]
        return ["flags": .bits(names)]
    }
    @inlinable public init() {}
    /// A frame without payload.
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
        // Of other frames than data it follows from nothing.
        let told = length.value
        c.derived("length", &length, type == .data ? UInt32(clamping: payload.count) : told)
        c.bytes("payload", &payload, count: type == .data ? length.count : 0, by: "length")
    }
}

/// Bits of a frame's flags.
public enum YamuxFlags {
    /// Opens a stream; of a ping: answer this.
    public static let syn: UInt16 = 1
    /// Accepts a stream; of a ping: the answer.
    public static let ack: UInt16 = 2
    /// This side sends no more.
    public static let fin: UInt16 = 4
    /// The stream is over for both.
    public static let rst: UInt16 = 8
}
