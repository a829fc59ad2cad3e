public import Wire

/// An amount that an account has not received, and its sender: an item without a header in answer to
/// `bulk_pull_account` with flags `pending_hash_amount_and_address`, where zeros are the end mark.
public struct PendingBlock: Message {
    public static var name: StaticString { "nano.pending_block" }
    public static var summary: MessageSummary {
        [
            .first([
                [
                    .when(
                        "hash",
                        ["pending ", .value("amount"), " from ", .value("source"), " in block ", .value("hash")])
                ],
                ["end of pending amounts"],
            ])
        ]
    }
    public static var meanings: [String: FieldMeaning] { ["amount": .nano, "source": .account] }
    /// The block and the amount.
    public var pending = PendingAmount()
    /// The account that sent the amount.
    public var source = Key32()
    public init() {}
    public init(pending: PendingAmount, source: Key32) { (self.pending, self.source) = (pending, source) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        pending.code(&c)
        c.field("source", &source)
    }
}
