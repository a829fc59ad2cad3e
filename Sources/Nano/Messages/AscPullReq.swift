import Wire

/// Ascending bootstrap: asks for blocks, or what is known of accounts.
struct AscPullReq: PullMessage {
    static var name: StaticString { "nano.asc_pull_req" }
    static var type: MessageType { .ascPullReq }
    var header = Header(.ascPullReq)
    var frame = PullFrame()
    var body = Body()
    typealias RandomBlocks = BlocksRandom

    /// Blocks of an account in their order.
    struct Blocks: Message {
        static var name: StaticString { "nano.asc_pull_req.blocks" }
        /// An account, from its first block on, or the hash of a block, from that on.
        var start = Key32()
        /// 1 to 128; others get no answer.
        var count: UInt8 = 0
        var startType = TargetType.account

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("start", &start)
            c.field("count", &count)
            c.field("start_type", &startType)
        }
    }

    /// What is known of an account.
    struct AccountInfo: Message {
        static var name: StaticString { "nano.asc_pull_req.account_info" }
        /// An account, or the hash of one of its blocks.
        var target = Key32()
        var targetType = TargetType.account

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("target", &target)
            c.field("target_type", &targetType)
        }
    }

    /// The heads of accounts in the order of their keys.
    struct Frontiers: Message {
        static var name: StaticString { "nano.asc_pull_req.frontiers" }
        /// The first account.
        var start = Key32()
        /// 1 to 1000; others get no answer.
        var count: UInt16 = 0

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("start", &start)
            c.field("count", &count)
        }
    }

    /// Blocks by their hashes. Since protocol version 0x16.
    struct BlocksRandom: Message {
        static var name: StaticString { "nano.asc_pull_req.blocks_random" }
        /// Up to 128.
        var hashes: [Key32] = []
        var end = Key32()

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.sequence("hashes", &hashes, before: Key32(), atMost: PullLimits.blocks)
            c.constant("end", &end, Key32())
        }
    }

    /// Hashes in the order that a node has its blocks in. Since protocol version 0x16.
    struct TopoIndex: Message {
        static var name: StaticString { "nano.asc_pull_req.topo_index" }
        /// Where to begin, and behind which block of that height.
        var height: UInt64 = 0
        var hash = Key32()
        /// Up to 1000.
        var count: UInt16 = 0

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("height", &height)
            c.field("hash", &hash)
            c.field("count", &count)
        }
    }
}

/// What a message of ascending bootstrap holds at most.
enum PullLimits {
    static var blocks: Int { 128 }
    static var frontiers: Int { 1000 }
}
