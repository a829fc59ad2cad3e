import Wire

/// A datagram of a message that was cut: the header of the message and a part of its body.
struct Fragment: Message {
    static var name: StaticString { "rightmesh.fragment" }
    var header: Header
    /// `frag_len` bytes of the body, which the rest of the header tells of as a whole.
    var content = Bytes()
    init() {
        header = Header()
        header.fragCount = 2
    }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let (length, crc) = (header.bodyLen.value, header.bodyCRC.value)
        header.code(&c, nil, length, crc, UInt16(clamping: content.count))
        c.bytes("content", &content, count: header.fragLen.count, by: "frag_len")
    }
}
