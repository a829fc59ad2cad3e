public import Wire

/// Legacy bootstrap: asks for the head of an account and the amounts that it has not received. Up to V27, an
/// `account_frontier` follows, and then entries whose layout the flags select, up to one that is zero.
public struct BulkPullAccount: NanoMessage {
    public static var name: StaticString { "nano.bulk_pull_account" }
    public static var summary: MessageSummary {
        ["ask what is pending for ", .value("account"), ", at least ", .value("minimum_amount")]
    }
    static var type: MessageType { .bulkPullAccount }
    static var definedBits: UInt16 { 0 }
    static func payloadCount(_ header: RawHeader) -> Int { count }
    private static let count = BulkPullAccount().byteCount() - Header.count
    static var bodyMeanings: [String: FieldMeaning] { ["account": .account, "minimum_amount": .nano] }
    public var header = Header(.bulkPullAccount)
    public var account = Key32()
    /// The least amount that is reported, in raw, big-endian.
    public var minimumAmount = Fixed<16>()
    /// The layout of the entries. Values other than the three get no answer.
    public var flags = PendingFlags.hashAndAmount
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .bulkPullAccount, 0)
        c.field("account", &account)
        c.field("minimum_amount", &minimumAmount)
        c.field("flags", &flags)
    }
}
