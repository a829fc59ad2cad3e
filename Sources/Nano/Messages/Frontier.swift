import Wire

/// The head of an account: part of `asc_pull_ack`, and without any header in answer to `frontier_req`, where zeros are
/// the end mark.
struct Frontier: Message {
    static var name: StaticString { "nano.frontier" }
    var account = Key32()
    /// Of its last block.
    var hash = Key32()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("account", &account)
        c.field("hash", &hash)
    }
}
