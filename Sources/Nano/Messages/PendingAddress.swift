public import Wire

/// The sender of an amount that an account has not received: an item without a header in answer to `bulk_pull_account`
/// with flags `pending_address_only`, where zeros are the end mark.
public struct PendingAddress: Message {
    public static var name: StaticString { "nano.pending_address" }
    public static var summary: MessageSummary {
        [.first([[.when("source", ["pending from ", .value("source")])], ["end of pending amounts"]])]
    }
    public static var meanings: [String: FieldMeaning] { ["source": .account] }
    /// The account that sent the amount.
    public var source = Key32()
    public init() {}
    public init(source: Key32) { self.source = source }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.field("source", &source) }
}
