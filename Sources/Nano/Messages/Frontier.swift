public import Wire

/// The head of an account: part of `asc_pull_ack`, and without a header in answer to `frontier_req`, where zeros are
/// the end mark.
public struct Frontier: Message {
    public static var name: StaticString { "nano.frontier" }
    public static var summary: MessageSummary {
        [
            .first([
                [.when("account", ["frontier of ", .value("account"), ": ", .value("hash")])], ["end of frontiers"],
            ])
        ]
    }
    public static var meanings: [String: FieldMeaning] { ["account": .account] }
    public var account = Key32()
    /// The hash of its last block.
    public var hash = Key32()
    public init() {}
    public init(account: Key32, hash: Key32) { (self.account, self.hash) = (account, hash) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("account", &account)
        c.field("hash", &hash)
    }
}
