public import Wire

/// A block behind its type, as bootstrap sends them: part of `asc_pull_ack`, and without any header behind `bulk_push`
/// and in answer to `bulk_pull`, where type `not_a_block` without a block is the end mark.
public struct BulkBlock: Message {
    public static var name: StaticString { "nano.bulk_block" }
    /// Types that are none are refused.
    public var type = Derived<BlockType>()
    public var block = Block.none
    public init() {}
    /// This block.
    public init(block: Block) { self.block = block }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("type", &type, block.type)
        c.require("type", type.value == .notABlock || type.value.isBlock, type.value.number)
        block.code(&c, type.value)
    }
}
