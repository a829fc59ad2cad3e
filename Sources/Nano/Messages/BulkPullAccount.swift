public import Wire

/// Legacy bootstrap: asks for what an account has and has not received yet. An `account_frontier` follows, then entries
/// whose layout the flags choose, up to one that is zero; up to V27.
public struct BulkPullAccount: NanoMessage {
    public static var name: StaticString { "nano.bulk_pull_account" }
    static var type: MessageType { .bulkPullAccount }
    static var definedBits: UInt16 { 0 }
    static func payloadCount(_ header: RawHeader) -> Int { count }
    private static let count = BulkPullAccount().byteCount() - Header.count
    static var bodyMeanings: [String: FieldMeaning] { ["account": .account, "minimum_amount": .nano] }
    public var header = Header(.bulkPullAccount)
    public var account = Key32()
    /// Nothing below this is told, in raw, big-endian.
    public var minimumAmount = Fixed<16>()
    /// Others than the three get no answer.
    public var flags = PendingFlags.hashAndAmount
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .bulkPullAccount, 0)
        c.field("account", &account)
        c.field("minimum_amount", &minimumAmount)
        c.field("flags", &flags)
    }
}
