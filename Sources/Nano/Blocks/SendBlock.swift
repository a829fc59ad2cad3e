public import Wire

/// A legacy block: sends what its account has above `balance`.
public struct SendBlock: LedgerBlock {
    /// As scenarios, filters and reports call it.
    public static var name: StaticString { "nano.block.send" }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] {
        ["destination": .account, "balance": .nano, "work": .work(over: "previous")]
    }
    /// Type 2.
    public static var type: BlockType { .send }
    /// Hash of the block before.
    public var previous = Key32()
    /// Public key of the account that may receive.
    public var destination = Key32()
    /// What is left in the account, in raw, big-endian.
    public var balance = Fixed<16>()
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
        c.field("destination", &destination)
        c.field("balance", &balance)
        c.field("signature", &signature)
        c.field("work", &work, .little)
    }
}
