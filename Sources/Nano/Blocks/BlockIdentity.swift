public import Wire

/// The hash of a block, computed from all its bytes (`LedgerBlock.hash`).
public struct BlockHash<B: LedgerBlock>: ComputedLeaf {
    public static var kind: Kind { .bytes(count: Key32.byteCount) }
    public init() {}
    public static func value(from bytes: RawSpan) -> Value { B.hash(of: bytes).value(in: RawSpan()) }
}

/// The root of a block, read from its bytes (`LedgerBlock.root`).
public struct BlockRoot<B: LedgerBlock>: ComputedLeaf {
    public static var kind: Kind { .bytes(count: Key32.byteCount) }
    public init() {}
    public static func value(from bytes: RawSpan) -> Value {
        var block = B()
        return block.read(borrowing: bytes) ? block.root.value(in: RawSpan()) : .null
    }
}

extension LedgerBlock {
    /// Shows the hash and the root, after the last field.
    @inlinable @inline(__always)
    static func codeIdentity<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.computed("hash", BlockHash<Self>.self, last: type.count)
        c.computed("root", BlockRoot<Self>.self, last: type.count)
    }
}
