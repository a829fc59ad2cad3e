public import Wire

/// A block on its way through the network, without a type byte: header bits 0x0f00 tell its type.
public struct Publish: NanoMessage {
    /// As scenarios, filters and reports call it.
    public static var name: StaticString { "nano.publish" }
    static var type: MessageType { .publish }
    static var definedBits: UInt16 { 0x0f04 }
    static var extensionNames: [BitName] {
        [BitName(4, "originator"), BitName(0x0f00, "block_type")]
    }
    static func payloadCount(_ header: RawHeader) -> Int { BlockType(extensions: header.extensions).count }
    /// Its header: all other fields may have any value.
    public static var decisiveBytes: Int { Header.count }
    /// The 8 bytes before.
    public var header = Header(.publish)
    /// Bit 0x0004: the sender made the block. Since V27.
    public var originator = false
    /// The block; none is a content error.
    public var block = Block.none
    /// Without a block.
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
