public import Wire

/// A legacy block: the first of its account, takes what a send block sent to it.
public struct OpenBlock: LedgerBlock {
    /// As scenarios, filters and reports call it.
    public static var name: StaticString { "nano.block.open" }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] {
        ["representative": .account, "account": .account, "work": .work(over: "account")]
    }
    /// Type 4.
    public static var type: BlockType { .open }
    /// Hash of the send block; of the first block of a network, the account itself.
    public var source = Key32()
    /// Public key of the account that votes for this one.
    public var representative = Key32()
    /// Public key of the account.
    public var account = Key32()
    /// Over the block hash, with the account key.
    public var signature = Signature64()
    /// Proof of work over `account`.
    public var work: UInt64 = 0
    @inlinable public init() {}
    /// What the work is over.
    public var root: Key32 { account }

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("source", &source)
        c.field("representative", &representative)
        c.field("account", &account)
        c.field("signature", &signature)
        c.field("work", &work, .little)
    }
}
