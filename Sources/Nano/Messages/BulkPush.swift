import Wire

/// Legacy bootstrap: announces blocks on the same stream, without headers. A header only.
struct BulkPush: NanoMessage {
    static var name: StaticString { "nano.bulk_push" }
    static var type: MessageType { .bulkPush }
    static var definedBits: UInt16 { 0 }
    static func payloadCount(_ extensions: UInt16) -> Int { 0 }
    var header = Header(.bulkPush)
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { header.code(&c, .bulkPush, 0) }
}
