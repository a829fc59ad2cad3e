import Wire

/// Legacy bootstrap: the blocks from `start` down to `end`, 32 bytes each; framed only. Bit 0x0001: 8 bytes with a
/// count follow; 0x0002: ascending.
struct BulkPull: NanoMessage {
    static var name: StaticString { "nano.bulk_pull" }
    static var type: MessageType { .bulkPull }
    static var definedBits: UInt16 { 0x0003 }
    static func payloadCount(_ extensions: UInt16) -> Int { extensions & 1 != 0 ? 72 : 64 }
    var header = Header(.bulkPull)
    var payload = Bytes()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let bits: UInt16 = payload.count == 72 ? 1 : 0
        header.code(&c, .bulkPull, bits)
        c.bytes("payload", &payload, count: header.has(1) ? 72 : 64, by: "extensions")
    }
}
