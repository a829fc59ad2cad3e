public import Wire

/// The fields after a `PullFrame`, in the request and in the answer: a group of fields for each pull type, and the
/// fields that later versions append.
public struct PullBody<
    Blocks: Message, AccountInfo: Message, Frontiers: Message, RandomBlocks: Message, TopoIndex: Message
>: Message {
    public static var name: StaticString { "nano.asc_pull.body" }
    /// The type in the frame.
    public var pullType = PullType.accountInfo
    public var blocks: Blocks?
    public var accountInfo: AccountInfo?
    public var frontiers: Frontiers?
    public var blocksRandom: RandomBlocks?
    public var topoIndex: TopoIndex?
    /// The fields of unknown versions.
    public var unknown = Bytes()
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        codeGroups(&c)
        c.rest("unknown", &unknown)
    }
    /// Codes the layout after a frame, as `count` bytes.
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C, behind frame: PullFrame, count: Int) {
        pullType = frame.pullType
        let before = c.remaining
        codeGroups(&c)
        let left = count &- (before &- c.remaining)
        c.bytes("unknown", &unknown, count: left, by: "extensions")
    }
    private mutating func codeGroups<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.optional("blocks", &blocks, present: pullType == .blocks)
        c.optional("account_info", &accountInfo, present: pullType == .accountInfo)
        c.optional("frontiers", &frontiers, present: pullType == .frontiers)
        c.optional("blocks_random", &blocksRandom, present: pullType == .blocksRandom)
        c.optional("topo_index", &topoIndex, present: pullType == .topoIndex)
    }
}
