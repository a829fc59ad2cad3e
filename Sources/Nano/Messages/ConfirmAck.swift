import Wire

/// A vote for up to 255 blocks: 104 + 32 n bytes. n stands in the extension bits, in 4 (V1) or 8 (V2) of them.
struct ConfirmAck: NanoMessage {
    static var name: StaticString { "nano.confirm_ack" }
    static var type: MessageType { .confirmAck }
    static var definedBits: UInt16 { 0xfff7 }
    static func payloadCount(_ extensions: UInt16) -> Int { 104 + 32 * hashCount(extensions) }
    var header = Header(.confirmAck)
    /// Passed on by a node that did not make it. No byte of its own: extension bit 0x0004.
    var rebroadcasted = false
    /// Public key of the representative that votes.
    var account = Key32()
    /// Over BLAKE2b-256 of `vote `, the hashes and the timestamp.
    var signature = Signature64()
    /// Milliseconds with the duration exponent in the low 4 bits; all ones: final.
    var timestamp: UInt64 = 0
    /// Blocks voted for; none is legal.
    var hashes: [Key32] = []
    init() {}

    /// 0x0100 not_a_block, always; 0x0001 V2 count; 0x0004 rebroadcasted.
    var bits: UInt16 {
        let n = UInt16(truncatingIfNeeded: hashes.count)
        let count: UInt16 = n < 16 ? n << 12 : (n >> 4) << 12 | (n & 15) << 4 | 1
        return 0x0100 | count | (rebroadcasted ? 4 : 0)
    }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let bits = bits
        header.code(&c, .confirmAck, bits)
        c.implied("rebroadcasted", &rebroadcasted, header.has(4))
        c.field("account", &account)
        c.field("signature", &signature)
        c.field("timestamp", &timestamp, .little)
        c.list("hashes", &hashes, count: hashCount(header.extensions.value), by: "extensions")
    }
}

/// Number of hashes or pairs that the extension bits of `confirm_req` and `confirm_ack` state: 0 to 15, or with bit
/// 0x0001 (V2, since protocol version 0x14) 0 to 255.
func hashCount(_ extensions: UInt16) -> Int {
    let e = Int(extensions)
    return e & 1 == 0 ? e >> 12 : (e >> 12) << 4 | e >> 4 & 15
}
