public import Wire

/// A block that is sent through the network, without a type byte: its type is in header bits 0x0f00.
public struct Publish: NanoMessage {
    /// The name in scenarios, filters and reports.
    public static var name: StaticString { "nano.publish" }
    public static var summary: MessageSummary {
        ["publish ", .first(Block.summaries), .maybe(.when("originator", [", first sent"]))]
    }
    static var type: MessageType { .publish }
    static var definedBits: UInt16 { 0x0f04 }
    static var extensionNames: [BitName] {
        [BitName(4, "originator"), BitName(0x0f00, "block_type")]
    }
    static func payloadCount(_ header: RawHeader) -> Int { BlockType(extensions: header.extensions).count }
    /// The bytes of the header. All other fields may have any value.
    public static var decisiveBytes: Int { Header.count }
    /// The 8 bytes before the body.
    public var header = Header(.publish)
    /// Bit 0x0004: the sender made the block. Since V27.
    public var originator = false
    /// The block. A message without one is a content error.
    public var block = Block.none
    /// Creates a message without a block.
    @inlinable public init() {}

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .publish, (block == .none ? 0 : block.type.extensions) | (originator ? 4 : 0))
        let seen = BlockType(extensions: header.extensions.value)
        c.require("extensions", seen.isBlock, UInt64(header.extensions.value))
        c.implied("originator", &originator, header.has(4))
        block.code(&c, seen)
    }
}
