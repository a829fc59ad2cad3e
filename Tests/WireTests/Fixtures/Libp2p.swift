import Wire

/// One line of multistream-select: the length as a varint, the text, and a newline. The length includes the newline.
struct MultistreamToken: Message {
    static var name: StaticString { "libp2p.multistream" }
    var length = Derived<UInt32>()
    /// `/multistream/1.0.0`, a protocol id, `na` or `ls`.
    var text = Text()
    var newline: UInt8 = 0x0a
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("length", &length, .varint, computed: UInt32(text.count + 1))
        c.require("length", length.value >= 1 && length.value <= 1024, UInt64(length.value))
        c.bytes("text", &text, count: length.count - 1, by: "length")
        c.constant("newline", &newline, 0x0a)
    }
}

/// The type of a yamux frame.
struct FrameType: CodePoint {
    var rawValue: UInt8
    init(rawValue: UInt8) { self.rawValue = rawValue }
    static var data: Self { Self(rawValue: 0) }
    static let names = [
        CodeName(0, "data"), CodeName(1, "window_update"), CodeName(2, "ping"), CodeName(3, "go_away"),
    ]
}

/// A yamux frame, version 0. It has 12 bytes, and a data frame has data after them.
struct YamuxFrame: Message {
    static var name: StaticString { "libp2p.yamux" }
    var version: UInt8 = 0
    var type = FrameType.data
    /// 1 SYN, 2 ACK, 4 FIN, 8 RST.
    var flags: UInt16 = 0
    var stream: UInt32 = 0
    /// The length of the data of a data frame. In other frames it is a window delta, the token of a ping, or a code,
    /// and must be set.
    var length = Derived<UInt32>()
    var data = Bytes()
    init() {}
    static var variants: [Self] {
        FrameType.names.map { n in
            var f = Self()
            f.type = FrameType(rawValue: UInt8(n.number))
            return f
        }
    }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("version", &version, 0)
        c.field("type", &type)
        c.field("flags", &flags)
        c.field("stream", &stream)
        c.derived("length", &length, UInt32(data.count))
        if type == .data { c.bytes("data", &data, count: length.count, by: "length") }
    }
}
