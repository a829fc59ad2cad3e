public import Wire

/// What an account has: without any header, the beginning of the answer to `bulk_pull_account`.
public struct AccountFrontier: Message {
    public static var name: StaticString { "nano.account_frontier" }
    /// Of the last block of the account.
    public var hash = Key32()
    /// In raw, big-endian.
    public var balance = Fixed<16>()
    public init() {}
    /// Head and balance of an account.
    public init(hash: Key32, balance: Fixed<16>) { (self.hash, self.balance) = (hash, balance) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("hash", &hash)
        c.field("balance", &balance)
    }
}
