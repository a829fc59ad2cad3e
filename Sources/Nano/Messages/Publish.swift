import Wire

/// A block on its way through the network; framed only. Bits 0x0f00: block type; 0x0004: the sender made it.
struct Publish: NanoMessage {
    static var name: StaticString { "nano.publish" }
    static var type: MessageType { .publish }
    static var definedBits: UInt16 { 0x0f04 }
    static func payloadCount(_ extensions: UInt16) -> Int { blockCount(extensions) }
    var header = Header(.publish)
    /// The block, without a type byte.
    var payload = Bytes()
    init() {}

    /// Bytes of a block: send, receive, open, change, state; 0 for what is no block type.
    static func blockCount(_ extensions: UInt16) -> Int {
        switch extensions >> 8 & 15 {
        case 2: 152
        case 3, 5: 136
        case 4: 168
        case 6: 216
        default: 0
        }
    }
    /// The block type, as far as the size tells it (receive rather than change).
    var bits: UInt16 {
        switch payload.count {
        case 152: 0x0200
        case 136: 0x0300
        case 168: 0x0400
        case 216: 0x0600
        default: 0
        }
    }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let bits = bits
        header.code(&c, .publish, bits)
        let count = Self.blockCount(header.extensions.value)
        c.require("extensions", count > 0, UInt64(header.extensions.value))
        c.bytes("payload", &payload, count: count, by: "extensions")
    }
}
