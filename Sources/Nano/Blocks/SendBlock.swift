public import Wire

/// A legacy block that sends the part of its account's balance above `balance`.
public struct SendBlock: LedgerBlock {
    /// The name in scenarios, filters and reports.
    public static var name: StaticString { "nano.block.send" }
    public static var summary: MessageSummary {
        ["send block to ", .value("destination"), ", balance ", .value("balance"), ", after ", .value("previous")]
    }
    public static var meanings: [String: FieldMeaning] {
        ["destination": .account, "balance": .nano, "work": .work(over: "previous")]
    }
    public static var type: BlockType { .send }
    /// The hash of the previous block.
    public var previous = Key32()
    /// The public key of the account that may receive the amount.
    public var destination = Key32()
    /// The remaining balance of the account in raw, big-endian.
    public var balance = Fixed<16>()
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
        c.field("destination", &destination)
        c.field("balance", &balance)
        c.field("signature", &signature)
        c.field("work", &work, .little)
        Self.codeIdentity(&c)
    }
}
