public import Wire

/// A legacy block that receives the amount of a send block.
public struct ReceiveBlock: LedgerBlock {
    /// The name in scenarios, filters and reports.
    public static var name: StaticString { "nano.block.receive" }
    public static var summary: MessageSummary {
        ["receive block of ", .value("source"), ", after ", .value("previous")]
    }
    public static var meanings: [String: FieldMeaning] { ["work": .work(over: "previous")] }
    public static var type: BlockType { .receive }
    /// The hash of the previous block.
    public var previous = Key32()
    /// The hash of the send block.
    public var source = Key32()
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
        c.field("source", &source)
        c.field("signature", &signature)
        c.field("work", &work, .little)
        Self.codeIdentity(&c)
    }
}
