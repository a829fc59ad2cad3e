import Wire

/// A block that an account has not received yet, and who sent it: without any header in answer to `bulk_pull_account`
/// with flags `pending_hash_amount_and_address`, where zeros are the end mark.
struct PendingBlock: Message {
    static var name: StaticString { "nano.pending_block" }
    /// What stands there without the address.
    var pending = PendingAmount()
    /// The account that sent it.
    var source = Key32()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        pending.code(&c)
        c.field("source", &source)
    }
}
