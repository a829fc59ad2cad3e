public import Wire

/// The sender wants to know who is in a namespace, or who is there at all.
public struct RendezvousDiscover: Message {
    public static var name: StaticString { "libp2p.rendezvous_discover" }
    public static var form: Form { .protobuf }
    /// Absent: all of them.
    public var namespace: Text?
    /// Peers that are told at most.
    public var limit: UInt64?
    /// Of an earlier answer: only those that came later are told.
    public var cookie: Bytes?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "namespace", &namespace)
        c.tag(2, "limit", &limit)
        c.tag(3, "cookie", &cookie)
        c.unknown(&unknown)
    }
}
