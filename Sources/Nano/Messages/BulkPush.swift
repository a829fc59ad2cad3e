public import Wire

/// Legacy bootstrap: announces blocks, which follow from the same side as `bulk_block`, up to an end mark.
public struct BulkPush: NanoMessage {
    public static var name: StaticString { "nano.bulk_push" }
    public static var summary: MessageSummary { ["push blocks"] }
    static var type: MessageType { .bulkPush }
    static var definedBits: UInt16 { 0 }
    static func payloadCount(_ header: RawHeader) -> Int { 0 }
    public var header = Header(.bulkPush)
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { header.code(&c, .bulkPush, 0) }
}
