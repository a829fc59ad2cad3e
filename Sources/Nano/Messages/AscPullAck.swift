import Wire

/// Ascending bootstrap: the answer to `asc_pull_req`.
struct AscPullAck: PullMessage {
    static var name: StaticString { "nano.asc_pull_ack" }
    static var type: MessageType { .ascPullAck }
    var header = Header(.ascPullAck)
    var frame = PullFrame()
    /// `blocks_random` is laid out like `blocks`.
    var body = Body()
    typealias RandomBlocks = Blocks

    /// Blocks in their order; none when the start is not known.
    struct Blocks: Message {
        static var name: StaticString { "nano.asc_pull_ack.blocks" }
        /// Up to 128.
        var entries: [BulkBlock] = []
        var end = BlockType.notABlock

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.sequence("entries", &entries, before: BlockType.notABlock, atMost: PullLimits.blocks)
            c.constant("end", &end, BlockType.notABlock)
        }
    }

    /// What a node knows of an account; all but the account zero when it is unknown.
    struct AccountInfo: Message {
        static var name: StaticString { "nano.asc_pull_ack.account_info" }
        var account = Key32()
        /// Hash of its first block.
        var open = Key32()
        /// Hash of its last block.
        var head = Key32()
        var blockCount: UInt64 = 0
        /// Hash of its last confirmed block.
        var confFrontier = Key32()
        /// Number of its confirmed blocks.
        var confHeight: UInt64 = 0

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("account", &account)
            c.field("open", &open)
            c.field("head", &head)
            c.field("block_count", &blockCount)
            c.field("conf_frontier", &confFrontier)
            c.field("conf_height", &confHeight)
        }
    }

    /// Accounts in the order of their keys.
    struct Frontiers: Message {
        static var name: StaticString { "nano.asc_pull_ack.frontiers" }
        /// Up to 1000.
        var entries: [Frontier] = []
        var end = Fixed<64>()

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.sequence("entries", &entries, before: Fixed<64>(), atMost: PullLimits.frontiers)
            c.constant("end", &end, Fixed<64>())
        }
    }

    /// Blocks in the order that a node has them in. Since protocol version 0x16.
    struct TopoIndex: Message {
        static var name: StaticString { "nano.asc_pull_ack.topo_index" }
        /// Up to 1000.
        var entries: [TopoEntry] = []
        var end = Fixed<40>()

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.sequence("entries", &entries, before: Fixed<40>(), atMost: PullLimits.frontiers)
            c.constant("end", &end, Fixed<40>())
        }
    }

    /// A block and its place in that order.
    struct TopoEntry: Message {
        static var name: StaticString { "nano.asc_pull_ack.topo_entry" }
        var height: UInt64 = 0
        var hash = Key32()

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("height", &height)
            c.field("hash", &hash)
        }
    }
}
