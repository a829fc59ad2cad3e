import Wire

/// The type of a frame, in four bits.
struct Opcode: CodePoint {
    var rawValue: UInt8
    static let names = [CodeName(1, "text"), CodeName(2, "binary"), CodeName(8, "close")]
}

/// The frame of RFC 6455 section 5.2: bit fields, two computed fields, and a masked payload.
struct Frame: Message {
    static var name: StaticString { "test.frame" }
    var fin: UInt8 = 1
    var reserved: UInt8 = 0
    var opcode = Opcode(rawValue: 1)
    var mask = Derived<UInt8>()
    var length = Derived<UInt8>()
    var length16 = Derived<UInt16>()
    var length64 = Derived<UInt64>()
    var key: Fixed<4>?
    var payload = Bytes()
    static var variants: [Self] {
        [nil, 127, 126].map { (short: UInt8?) in
            var m = Self()
            m.length.stored = short
            return m
        }
    }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let n = payload.count
        let isMasked: UInt8 = key == nil ? 0 : 1
        c.bits("fin", &fin, 0..<1, of: 16)
        c.bits("reserved", &reserved, 1..<4, of: 16)
        c.bits("opcode", &opcode, 4..<8, of: 16)
        c.bits("mask", &mask, 8..<9, of: 16, computed: isMasked)
        c.bits("length", &length, 9..<16, of: 16, computed: n < 126 ? UInt8(n) : n < 65536 ? 126 : 127)
        var count = length.count
        if length.value == 126 {
            c.derived("length_16", &length16, UInt16(truncatingIfNeeded: n))
            count = length16.count
        } else if length.value == 127 {
            c.derived("length_64", &length64, UInt64(n))
            count = length64.count
        }
        c.optional("key", &key, present: mask.value == 1)
        c.bytes("payload", &payload, count: count, by: "length", maskedBy: key)
    }
}

/// Bit fields in three and in four bytes, one field across a byte boundary, and text that is always masked with a key.
struct Bitmap: Message {
    static var name: StaticString { "test.bitmap" }
    var low: UInt8 = 0
    var wide: UInt16 = 0
    var high: UInt8 = 0
    var all: UInt32 = 0
    var end = Derived<UInt8>()
    var key = Fixed<4>()
    var text = Text()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let size = UInt8(truncatingIfNeeded: text.count)
        c.bits("low", &low, 0..<5, of: 24)
        c.bits("wide", &wide, 5..<18, of: 24)
        c.bits("high", &high, 18..<24, of: 24)
        c.bits("all", &all, 0..<25, of: 32)
        c.bits("end", &end, 25..<32, of: 32, computed: size)
        c.field("key", &key)
        c.bytes("text", &text, count: end.count, by: "end", maskedBy: key)
    }
}
