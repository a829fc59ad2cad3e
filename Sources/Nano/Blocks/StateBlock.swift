public import Wire

/// The block of today: all that an account is after it.
public struct StateBlock: LedgerBlock {
    /// As scenarios, filters and reports call it.
    public static var name: StaticString { "nano.block.state" }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] {
        ["account": .account, "representative": .account, "balance": .nano, "work": .work(over: "previous", "account")]
    }
    /// Type 6.
    public static var type: BlockType { .state }
    /// Public key of the account.
    public var account = Key32()
    /// Hash of the block before; zero in the first one.
    public var previous = Key32()
    /// Public key of the account that votes for this one.
    public var representative = Key32()
    /// What the account has after the block, in raw, big-endian.
    public var balance = Fixed<16>()
    /// Destination, hash of the block that is received, the name of an epoch, or zero, as the balance changes.
    public var link = Key32()
    /// Over the block hash, with the account key; in epoch blocks with the key of the epoch.
    public var signature = Signature64()
    /// Proof of work over `root`; big-endian, unlike that of the legacy blocks.
    public var work: UInt64 = 0
    @inlinable public init() {}
    /// What the work is over: `previous`, or the account in its first block.
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
    }
}
