public import Wire

/// Ascending bootstrap: asks for blocks, or what is known of accounts.
public struct AscPullReq: PullMessage {
    public static var name: StaticString { "nano.asc_pull_req" }
    static var type: MessageType { .ascPullReq }
    public var header = Header(.ascPullReq)
    public var frame = PullFrame()
    public var body = Body()
    public typealias Body = PullBody<Blocks, AccountInfo, Frontiers, RandomBlocks, TopoIndex>
    public init() {}
    public typealias RandomBlocks = BlocksRandom

    /// Blocks of an account in their order.
    public struct Blocks: Message {
        public static var name: StaticString { "nano.asc_pull_req.blocks" }
        /// An account, from its first block on, or the hash of a block, from that on.
        public var start = Key32()
        /// 1 to 128; others get no answer.
        public var count: UInt8 = 0
        public var startType = TargetType.account
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("start", &start)
            c.field("count", &count)
            c.field("start_type", &startType)
        }
    }

    /// What is known of an account.
    public struct AccountInfo: Message {
        public static var name: StaticString { "nano.asc_pull_req.account_info" }
        /// An account, or the hash of one of its blocks.
        public var target = Key32()
        public var targetType = TargetType.account
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("target", &target)
            c.field("target_type", &targetType)
        }
    }

    /// The heads of accounts in the order of their keys.
    public struct Frontiers: Message {
        public static var name: StaticString { "nano.asc_pull_req.frontiers" }
        /// The first account.
        public var start = Key32()
        /// 1 to 1000; others get no answer.
        public var count: UInt16 = 0
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("start", &start)
            c.field("count", &count)
        }
    }

    /// Blocks by their hashes. Since protocol version 0x16.
    public struct BlocksRandom: Message {
        public static var name: StaticString { "nano.asc_pull_req.blocks_random" }
        /// Up to 128.
        public var hashes: [Key32] = []
        public var end = Key32()
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.sequence("hashes", &hashes, before: Key32(), atMost: PullLimits.blocks)
            c.constant("end", &end, Key32())
        }
    }

    /// Hashes in the order that a node has its blocks in. Since protocol version 0x16.
    public struct TopoIndex: Message {
        public static var name: StaticString { "nano.asc_pull_req.topo_index" }
        /// Where to begin, and behind which block of that height.
        public var height: UInt64 = 0
        public var hash = Key32()
        /// Up to 1000.
        public var count: UInt16 = 0
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
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
