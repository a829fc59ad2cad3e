public import Wire

/// Ascending bootstrap: a request for blocks, or for the state of accounts.
public struct AscPullReq: PullMessage {
    public static var name: StaticString { "nano.asc_pull_req" }
    static var type: MessageType { .ascPullReq }
    public var header = Header(.ascPullReq)
    public var frame = PullFrame()
    public var body = Body()
    public typealias Body = PullBody<Blocks, AccountInfo, Frontiers, RandomBlocks, TopoIndex>
    public init() {}
    public typealias RandomBlocks = BlocksRandom

    /// A request for blocks of an account in their order.
    public struct Blocks: Message {
        public static var name: StaticString { "nano.asc_pull_req.blocks" }
        /// An account, to begin with its first block, or the hash of the block to begin with.
        public var start = Key32()
        /// The number of blocks, 1 to 128. Other values get no answer.
        public var count: UInt8 = 0
        public var startType = TargetType.account
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("start", &start)
            c.field("count", &count)
            c.field("start_type", &startType)
        }
    }

    /// A request for the state of an account.
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

    /// A request for the heads of accounts in the order of their keys.
    public struct Frontiers: Message {
        public static var name: StaticString { "nano.asc_pull_req.frontiers" }
        /// The first account.
        public var start = Key32()
        /// The number of accounts, 1 to 1000. Other values get no answer.
        public var count: UInt16 = 0
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("start", &start)
            c.field("count", &count)
        }
    }

    /// A request for blocks by their hashes. Since protocol version 0x16.
    public struct BlocksRandom: Message {
        public static var name: StaticString { "nano.asc_pull_req.blocks_random" }
        /// The hashes, at most 128.
        public var hashes: [Key32] = []
        public var end = Key32()
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.sequence("hashes", &hashes, before: Key32(), atMost: PullLimits.blocks)
            c.constant("end", &end, Key32())
        }
    }

    /// A request for hashes in the topological order of a node. Since protocol version 0x16.
    public struct TopoIndex: Message {
        public static var name: StaticString { "nano.asc_pull_req.topo_index" }
        /// The position to begin with: a height, and a hash within that height.
        public var height: UInt64 = 0
        public var hash = Key32()
        /// The number of hashes, at most 1000.
        public var count: UInt16 = 0
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("height", &height)
            c.field("hash", &hash)
            c.field("count", &count)
        }
    }
}

/// The most entries in a message of ascending bootstrap.
enum PullLimits {
    static var blocks: Int { 128 }
    static var frontiers: Int { 1000 }
}
