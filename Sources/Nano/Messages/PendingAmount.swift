public import Wire

/// An amount that an account has not received: an item without a header in answer to `bulk_pull_account` with flags
/// `pending_hash_and_amount`, where zeros are the end mark.
public struct PendingAmount: Message {
    public static var name: StaticString { "nano.pending_amount" }
    public static var summary: MessageSummary {
        [
            .first([
                [.when("hash", ["pending ", .value("amount"), " in block ", .value("hash")])],
                ["end of pending amounts"],
            ])
        ]
    }
    public static var meanings: [String: FieldMeaning] { ["amount": .nano] }
    /// The hash of the block that sent the amount.
    public var hash = Key32()
    /// The amount in raw, big-endian.
    public var amount = Fixed<16>()
    public init() {}
    public init(hash: Key32, amount: Fixed<16>) { (self.hash, self.amount) = (hash, amount) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("hash", &hash)
        c.field("amount", &amount)
    }
}
