public import Wire

/// Ascending bootstrap: the answer to `asc_pull_req`.
public struct AscPullAck: PullMessage {
    public static var name: StaticString { "nano.asc_pull_ack" }
    public static var summary: MessageSummary {
        [
            .first([
                [.message("blocks", Blocks.self)], [.message("account_info", AccountInfo.self)],
                [.message("frontiers", Frontiers.self)], [.message("blocks_random", Blocks.self)],
                [.message("topo_index", TopoIndex.self)], ["no ", .value("pull_type")],
            ]), " (answers request ", .number("id"), ")",
        ]
    }
    static var type: MessageType { .ascPullAck }
    public var header = Header(.ascPullAck)
    public var frame = PullFrame()
    /// The body. `blocks_random` has the same layout as `blocks`.
    public var body = Body()
    public typealias Body = PullBody<Blocks, AccountInfo, Frontiers, RandomBlocks, TopoIndex>
    public init() {}
    init(header: Header, frame: PullFrame, body: Body) {
        (self.header, self.frame, self.body) = (header, frame, body)
    }
    public typealias RandomBlocks = Blocks

    /// Blocks in their order; none if the start is unknown.
    public struct Blocks: Message {
        public static var name: StaticString { "nano.asc_pull_ack.blocks" }
        public static var summary: MessageSummary { [.first([[.count("entries", "block")], ["no block"]])] }
        /// The blocks, at most 128.
        public var entries: [BulkBlock] = []
        public var end = BlockType.notABlock
        public init() {}
        public init(entries: [BulkBlock]) { self.entries = entries }

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.sequence("entries", &entries, before: BlockType.notABlock, atMost: PullLimits.blocks)
            c.constant("end", &end, BlockType.notABlock)
        }
    }

    /// The state of an account in the ledger of a node. For an unknown account, all fields except the account are zero.
    public struct AccountInfo: Message {
        public static var name: StaticString { "nano.asc_pull_ack.account_info" }
        public static var summary: MessageSummary {
            [
                .first([
                    [.when("block_count", ["account ", .value("account"), ": ", .count("block_count", "block")])],
                    ["account ", .value("account"), " is unknown"],
                ])
            ]
        }
        public static var meanings: [String: FieldMeaning] { ["account": .account] }
        public var account = Key32()
        /// The hash of its first block.
        public var open = Key32()
        /// The hash of its last block.
        public var head = Key32()
        public var blockCount: UInt64 = 0
        /// The hash of its last confirmed block.
        public var confFrontier = Key32()
        /// The number of its confirmed blocks.
        public var confHeight: UInt64 = 0
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("account", &account)
            c.field("open", &open)
            c.field("head", &head)
            c.field("block_count", &blockCount)
            c.field("conf_frontier", &confFrontier)
            c.field("conf_height", &confHeight)
        }
    }

    /// The heads of accounts in the order of their keys.
    public struct Frontiers: Message {
        public static var name: StaticString { "nano.asc_pull_ack.frontiers" }
        public static var summary: MessageSummary { [.first([[.count("entries", "frontier")], ["no frontier"]])] }
        /// The heads, at most 1000.
        public var entries: [Frontier] = []
        public var end = Fixed<64>()
        public init() {}
        public init(entries: [Frontier]) { self.entries = entries }

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.sequence("entries", &entries, before: Fixed<64>(), atMost: PullLimits.frontiers)
            c.constant("end", &end, Fixed<64>())
        }
    }

    /// Blocks in the topological order of a node. Since protocol version 0x16.
    public struct TopoIndex: Message {
        public static var name: StaticString { "nano.asc_pull_ack.topo_index" }
        public static var summary: MessageSummary { [.first([[.count("entries", "hash")], ["no hash"]])] }
        /// The blocks, at most 1000.
        public var entries: [TopoEntry] = []
        public var end = Fixed<40>()
        public init() {}
        public init(entries: [TopoEntry]) { self.entries = entries }

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.sequence("entries", &entries, before: Fixed<40>(), atMost: PullLimits.frontiers)
            c.constant("end", &end, Fixed<40>())
        }
    }

    /// A block and its position in the topological order.
    public struct TopoEntry: Message {
        public static var name: StaticString { "nano.asc_pull_ack.topo_entry" }
        public var height: UInt64 = 0
        public var hash = Key32()
        public init() {}
        /// Creates an entry for a block at this height.
        public init(height: UInt64, hash: Key32) { (self.height, self.hash) = (height, hash) }

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("height", &height)
            c.field("hash", &hash)
        }
    }
}
