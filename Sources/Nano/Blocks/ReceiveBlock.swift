public import Wire

/// A legacy block: takes what a send block sent to its account.
public struct ReceiveBlock: LedgerBlock {
    /// As scenarios, filters and reports call it.
    public static var name: StaticString { "nano.block.receive" }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["work": .work(over: "previous")] }
    /// Type 3.
    public static var type: BlockType { .receive }
    /// Hash of the block before.
    public var previous = Key32()
    /// Hash of the send block.
    public var source = Key32()
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
        c.field("source", &source)
        c.field("signature", &signature)
        c.field("work", &work, .little)
    }
}
