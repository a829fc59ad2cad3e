public import Wire

/// A legacy block: the first of its account, which receives the amount of a send block.
public struct OpenBlock: LedgerBlock {
    /// The name in scenarios, filters and reports.
    public static var name: StaticString { "nano.block.open" }
    public static var summary: MessageSummary {
        ["open block of ", .value("account"), ", from block ", .value("source")]
    }
    public static var meanings: [String: FieldMeaning] {
        ["representative": .account, "account": .account, "work": .work(over: "account")]
    }
    public static var type: BlockType { .open }
    /// The hash of the send block. In the first block of a network, it is the account itself.
    public var source = Key32()
    /// The public key of the account that votes for this one.
    public var representative = Key32()
    /// The public key of the account.
    public var account = Key32()
    /// The signature over the block hash, with the account key.
    public var signature = Signature64()
    /// The proof of work over `account`.
    public var work: UInt64 = 0
    @inlinable public init() {}
    /// The bytes that the work is computed over.
    public var root: Key32 { account }

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("source", &source)
        c.field("representative", &representative)
        c.field("account", &account)
        c.field("signature", &signature)
        c.field("work", &work, .little)
        Self.codeIdentity(&c)
    }
}
