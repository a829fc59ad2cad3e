import Wire

/// Legacy bootstrap: asks what an account has still to receive; framed only.
struct BulkPullAccount: NanoMessage {
    static var name: StaticString { "nano.bulk_pull_account" }
    static var type: MessageType { .bulkPullAccount }
    static var definedBits: UInt16 { 0 }
    static func payloadCount(_ extensions: UInt16) -> Int { 49 }
    var header = Header(.bulkPullAccount)
    /// 32 bytes account, 16 bytes minimum amount, 1 byte form of the answer.
    var payload = Bytes()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .bulkPullAccount, 0)
        c.bytes("payload", &payload, count: 49, by: "type")
    }
}
