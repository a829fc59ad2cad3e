public import Wire

/// The head and balance of an account: an item without a header at the beginning of the answer to `bulk_pull_account`.
public struct AccountFrontier: Message {
    public static var name: StaticString { "nano.account_frontier" }
    public static var summary: MessageSummary {
        ["head of the account: ", .value("hash"), ", balance ", .value("balance", as: .nano)]
    }
    /// The hash of the last block of the account.
    public var hash = Key32()
    /// The balance in raw, big-endian.
    public var balance = Fixed<16>()
    public init() {}
    /// Creates the item with head and balance of an account.
    public init(hash: Key32, balance: Fixed<16>) { (self.hash, self.balance) = (hash, balance) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("hash", &hash)
        c.field("balance", &balance)
    }
}
