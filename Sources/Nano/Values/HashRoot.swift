public import Wire

/// The subject of a vote request: a block and its root.
public struct HashRoot: Message {
    public static var name: StaticString { "nano.hash_root" }
    /// The hash of the block.
    public var hash = Key32()
    /// The hash of the previous block, or the account if there is none.
    public var root = Key32()
    public init() {}
    public init(hash: Key32, root: Key32) { (self.hash, self.root) = (hash, root) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("hash", &hash)
        c.field("root", &root)
        // Receivers leave such a pair out, and then the count does not match.
        c.require("root", hash != Key32() || root != Key32(), 0)
    }
}
