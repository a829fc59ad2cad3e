import Wire

/// The subject of a vote request: a block and its root.
struct HashRoot: Message {
    static var name: StaticString { "nano.hash_root" }
    /// The block.
    var hash = Key32()
    /// The block before it, or its account when there is none.
    var root = Key32()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("hash", &hash)
        c.field("root", &root)
        // Receivers leave such a pair out, and then miss it in the count.
        c.require("root", hash != Key32() || root != Key32(), 0)
    }
}
