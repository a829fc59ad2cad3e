public import Wire

/// Who sent what an account has not received yet: without any header in answer to `bulk_pull_account` with flags
/// `pending_address_only`, where zeros are the end mark.
public struct PendingAddress: Message {
    public static var name: StaticString { "nano.pending_address" }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["source": .account] }
    /// The account that sent it.
    public var source = Key32()
    public init() {}
    /// Of this sender.
    public init(source: Key32) { self.source = source }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.field("source", &source) }
}
