public import Wire

/// A block after its type, as in bootstrap: part of `asc_pull_ack`, and without a header after `bulk_push` and in
/// answer to `bulk_pull`. There, type `not_a_block` without a block is the end mark.
public struct BulkBlock: Message {
    public static var name: StaticString { "nano.bulk_block" }
    public static var summary: MessageSummary { [.first(Block.summaries + [["end of blocks"]])] }
    /// The type of the block. Unknown types are rejected.
    public var type = Derived<BlockType>()
    public var block = Block.none
    public init() {}
    public init(block: Block) { self.block = block }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("type", &type, block.type)
        c.require("type", type.value == .notABlock || type.value.isBlock, type.value.number)
        block.code(&c, type.value)
    }
}
