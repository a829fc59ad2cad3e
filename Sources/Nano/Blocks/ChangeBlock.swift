public import Wire

/// A legacy block that selects another representative.
public struct ChangeBlock: LedgerBlock {
    /// The name in scenarios, filters and reports.
    public static var name: StaticString { "nano.block.change" }
    public static var summary: MessageSummary {
        ["change block to representative ", .value("representative"), ", after ", .value("previous")]
    }
    public static var meanings: [String: FieldMeaning] {
        ["representative": .account, "work": .work(over: "previous")]
    }
    public static var type: BlockType { .change }
    /// The hash of the previous block.
    public var previous = Key32()
    /// The public key of the account that votes for this one.
    public var representative = Key32()
    /// The signature over the block hash, with the account key.
    public var signature = Signature64()
    /// The proof of work over `previous`.
    public var work: UInt64 = 0
    @inlinable public init() {}
    /// The bytes that the work is computed over.
    public var root: Key32 { previous }

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("previous", &previous)
        c.field("representative", &representative)
        c.field("signature", &signature)
        c.field("work", &work, .little)
        Self.codeIdentity(&c)
    }
}
