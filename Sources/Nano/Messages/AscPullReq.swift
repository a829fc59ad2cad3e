public import Wire

/// Ascending bootstrap: a request for blocks, or for the state of accounts.
public struct AscPullReq: PullMessage {
    public static var name: StaticString { "nano.asc_pull_req" }
    public static var summary: MessageSummary {
        [
            .first([
                [.message("blocks", Blocks.self)], [.message("account_info", AccountInfo.self)],
                [.message("frontiers", Frontiers.self)], [.message("blocks_random", BlocksRandom.self)],
                [.message("topo_index", TopoIndex.self)], ["pull ", .value("pull_type")],
            ]), " (request ", .number("id"), ")",
        ]
    }
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
        public static var summary: MessageSummary {
            ["pull ", .count("count", "block"), " from ", .value("start_type"), " ", .value("start")]
        }
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
        public static var summary: MessageSummary {
            ["pull the state of ", .value("target_type"), " ", .value("target")]
        }
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
        public static var summary: MessageSummary {
            ["pull ", .count("count", "frontier"), " from account ", .value("start")]
        }
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
        public static var summary: MessageSummary {
            ["pull ", .first([[.each("hashes", ["block ", .value("")])], [.count("hashes", "block")]])]
        }
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
        public static var summary: MessageSummary {
            ["pull ", .count("count", "hash"), " from height ", .number("height")]
        }
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
