public import Wire

/// A legacy block: chooses another representative.
public struct ChangeBlock: LedgerBlock {
    /// As scenarios, filters and reports call it.
    public static var name: StaticString { "nano.block.change" }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] {
        ["representative": .account, "work": .work(over: "previous")]
    }
    /// Type 5.
    public static var type: BlockType { .change }
    /// Hash of the block before.
    public var previous = Key32()
    /// Public key of the account that votes for this one.
    public var representative = Key32()
    /// Over the block hash, with the account key.
    public var signature = Signature64()
    /// Proof of work over `previous`.
    public var work: UInt64 = 0
    @inlinable public init() {}
    /// What the work is over.
    public var root: Key32 { previous }

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("previous", &previous)
        c.field("representative", &representative)
        c.field("signature", &signature)
        c.field("work", &work, .little)
    }
}
