import Wire

/// Legacy bootstrap: asks for the heads of all accounts from one on; framed only. Bit 0x0002: only confirmed ones.
struct FrontierReq: NanoMessage {
    static var name: StaticString { "nano.frontier_req" }
    static var type: MessageType { .frontierReq }
    static var definedBits: UInt16 { 0x0002 }
    static func payloadCount(_ extensions: UInt16) -> Int { 40 }
    var header = Header(.frontierReq)
    /// 32 bytes start account, age and count of 4 bytes each, little-endian.
    var payload = Bytes()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .frontierReq, 0)
        c.bytes("payload", &payload, count: 40, by: "type")
    }
}
