import Wire

/// Who sent what an account has not received yet: without any header in answer to `bulk_pull_account` with flags
/// `pending_address_only`, where zeros are the end mark.
struct PendingAddress: Message {
    static var name: StaticString { "nano.pending_address" }
    /// The account that sent it.
    var source = Key32()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.field("source", &source) }
}
