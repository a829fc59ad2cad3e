public import Wire

/// A block in the current format. It holds the whole state of an account after it.
public struct StateBlock: LedgerBlock {
    /// The name in scenarios, filters and reports.
    public static var name: StaticString { "nano.block.state" }
    public static var summary: MessageSummary {
        ["state block of ", .value("account"), ", balance ", .value("balance"), ", after ", .value("previous")]
    }
    public static var meanings: [String: FieldMeaning] {
        ["account": .account, "representative": .account, "balance": .nano, "work": .work(over: "previous", "account")]
    }
    public static var type: BlockType { .state }
    /// The public key of the account.
    public var account = Key32()
    /// The hash of the previous block; zero in the first one.
    public var previous = Key32()
    /// The public key of the account that votes for this one.
    public var representative = Key32()
    /// The balance of the account after the block in raw, big-endian.
    public var balance = Fixed<16>()
    /// The destination, the hash of the received block, the name of an epoch, or zero, depending on the change of the
    /// balance.
    public var link = Key32()
    /// The signature over the block hash, with the account key; in epoch blocks with the key of the epoch.
    public var signature = Signature64()
    /// The proof of work over `root`. It is big-endian, unlike in legacy blocks.
    public var work: UInt64 = 0
    @inlinable public init() {}
    /// The bytes that the work is computed over: `previous`, or the account in its first block.
    public var root: Key32 { previous == Key32() ? account : previous }

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("account", &account)
        c.field("previous", &previous)
        c.field("representative", &representative)
        c.field("balance", &balance)
        c.field("link", &link)
        c.field("signature", &signature)
        c.field("work", &work)
        Self.codeIdentity(&c)
    }
}
