public import Wire

/// A block that an account has not received yet: without any header in answer to `bulk_pull_account` with flags
/// `pending_hash_and_amount`, where zeros are the end mark.
public struct PendingAmount: Message {
    public static var name: StaticString { "nano.pending_amount" }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["amount": .nano] }
    /// Of the block that sent it.
    public var hash = Key32()
    /// In raw, big-endian.
    public var amount = Fixed<16>()
    public init() {}
    /// So much, sent by a block.
    public init(hash: Key32, amount: Fixed<16>) { (self.hash, self.amount) = (hash, amount) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("hash", &hash)
        c.field("amount", &amount)
    }
}
