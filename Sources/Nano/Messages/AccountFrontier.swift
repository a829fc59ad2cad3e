import Wire

/// What an account has: without any header, the beginning of the answer to `bulk_pull_account`.
struct AccountFrontier: Message {
    static var name: StaticString { "nano.account_frontier" }
    /// Of the last block of the account.
    var hash = Key32()
    /// In raw, big-endian.
    var balance = Fixed<16>()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("hash", &hash)
        c.field("balance", &balance)
    }
}
