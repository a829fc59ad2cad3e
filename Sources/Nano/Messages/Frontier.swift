public import Wire

/// The head of an account: part of `asc_pull_ack`, and without any header in answer to `frontier_req`, where zeros are
/// the end mark.
public struct Frontier: Message {
    public static var name: StaticString { "nano.frontier" }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["account": .account] }
    public var account = Key32()
    /// Of its last block.
    public var hash = Key32()
    public init() {}
    /// The head of an account.
    public init(account: Key32, hash: Key32) { (self.account, self.hash) = (account, hash) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("account", &account)
        c.field("hash", &hash)
    }
}
