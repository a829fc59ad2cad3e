import Wire

/// Ascending bootstrap: asks for blocks or what is known of an account. The extension bits state the bytes after the
/// first nine.
struct AscPullReq: NanoMessage {
    static var name: StaticString { "nano.asc_pull_req" }
    static var type: MessageType { .ascPullReq }
    static var definedBits: UInt16 { 0xffff }
    static func payloadCount(_ extensions: UInt16) -> Int { 9 + Int(extensions) }
    var header = Header(.ascPullReq)
    /// What is asked for; 0 and above 5 are content errors.
    var pullType = PullType.accountInfo
    /// Chosen by the asker, comes back in the answer.
    var id: UInt64 = 0
    /// Present with pull type account_info.
    var accountInfo: AccountInfo?
    /// The request of any other type; after account_info, what later versions append.
    var payload = Bytes()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let size = UInt16(truncatingIfNeeded: (accountInfo != nil ? 33 : 0) + payload.count)
        header.code(&c, .ascPullReq, size)
        c.field("pull_type", &pullType)
        c.require("pull_type", pullType.isKnown, UInt64(pullType.rawValue))
        c.field("id", &id)
        c.optional("account_info", &accountInfo, present: pullType == .accountInfo)
        let left = Int(header.extensions.value) &- (accountInfo != nil ? 33 : 0)
        c.bytes("payload", &payload, count: left, by: "extensions")
    }

    /// Which account. 33 bytes.
    struct AccountInfo: Message {
        static var name: StaticString { "nano.asc_pull_req.account_info" }
        /// An account, or any block of its chain.
        var target = Key32()
        var targetType = TargetType.account
        init() {}

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("target", &target)
            c.field("target_type", &targetType)
        }
    }
}
