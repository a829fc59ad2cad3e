import Wire

/// Ascending bootstrap: the answer to `asc_pull_req`. The extension bits state the bytes after the first nine.
struct AscPullAck: NanoMessage {
    static var name: StaticString { "nano.asc_pull_ack" }
    static var type: MessageType { .ascPullAck }
    static var definedBits: UInt16 { 0xffff }
    static func payloadCount(_ extensions: UInt16) -> Int { 9 + Int(extensions) }
    var header = Header(.ascPullAck)
    /// What was asked for; 0 and above 5 are content errors.
    var pullType = PullType.accountInfo
    /// That of the request.
    var id: UInt64 = 0
    /// Present with pull type account_info.
    var accountInfo: AccountInfo?
    /// The answer of any other type; after account_info, what later versions append.
    var payload = Bytes()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let size = UInt16(truncatingIfNeeded: (accountInfo != nil ? 144 : 0) + payload.count)
        header.code(&c, .ascPullAck, size)
        c.field("pull_type", &pullType)
        c.require("pull_type", pullType.isKnown, UInt64(pullType.rawValue))
        c.field("id", &id)
        c.optional("account_info", &accountInfo, present: pullType == .accountInfo)
        let left = Int(header.extensions.value) &- (accountInfo != nil ? 144 : 0)
        c.bytes("payload", &payload, count: left, by: "extensions")
    }

    /// What a node knows of an account; all but the account zero when it is unknown. 144 bytes.
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
        init() {}

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("account", &account)
            c.field("open", &open)
            c.field("head", &head)
            c.field("block_count", &blockCount)
            c.field("conf_frontier", &confFrontier)
            c.field("conf_height", &confHeight)
        }
    }
}
