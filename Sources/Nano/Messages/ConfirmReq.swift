import Wire

/// Asks for votes on up to 255 blocks, each given as hash and root of 32 bytes; framed only.
struct ConfirmReq: NanoMessage {
    static var name: StaticString { "nano.confirm_req" }
    static var type: MessageType { .confirmReq }
    static var definedBits: UInt16 { 0xfff3 }
    static func payloadCount(_ extensions: UInt16) -> Int { 64 * hashCount(extensions) }
    var header = Header(.confirmReq)
    /// Pairs of hash and root. None, or one that is all zero, is a content error.
    var payload = Bytes()
    init() {}

    /// 0x0100 not_a_block, always; 0x0001 V2 count.
    var bits: UInt16 {
        let n = UInt16(truncatingIfNeeded: payload.count / 64)
        return 0x0100 | (n < 16 ? n << 12 : (n >> 4) << 12 | (n & 15) << 4 | 1)
    }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let bits = bits
        header.code(&c, .confirmReq, bits)
        c.require("extensions", hashCount(header.extensions.value) > 0, UInt64(header.extensions.value))
        c.bytes("payload", &payload, count: 64 * hashCount(header.extensions.value), by: "extensions")
    }
}
