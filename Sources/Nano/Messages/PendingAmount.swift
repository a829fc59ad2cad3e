import Wire

/// A block that an account has not received yet: without any header in answer to `bulk_pull_account` with flags
/// `pending_hash_and_amount`, where zeros are the end mark.
struct PendingAmount: Message {
    static var name: StaticString { "nano.pending_amount" }
    /// Of the block that sent it.
    var hash = Key32()
    /// In raw, big-endian.
    var amount = Fixed<16>()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("hash", &hash)
        c.field("amount", &amount)
    }
}
