public import Wire

/// A block that an account has not received yet, and who sent it: without any header in answer to `bulk_pull_account`
/// with flags `pending_hash_amount_and_address`, where zeros are the end mark.
public struct PendingBlock: Message {
    public static var name: StaticString { "nano.pending_block" }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["amount": .nano, "source": .account] }
    /// What stands there without the address.
    public var pending = PendingAmount()
    /// The account that sent it.
    public var source = Key32()
    public init() {}
    /// Of this sender.
    public init(pending: PendingAmount, source: Key32) { (self.pending, self.source) = (pending, source) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        pending.code(&c)
        c.field("source", &source)
    }
}
