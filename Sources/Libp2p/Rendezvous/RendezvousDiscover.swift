public import Wire

/// A request for the peers in a namespace, or in all namespaces.
public struct RendezvousDiscover: Message {
    public static var name: StaticString { "libp2p.rendezvous_discover" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        ["discover", .maybe(" in ", .name("namespace")), .maybe(", at most ", .number("limit"))]
    }
    /// The namespace; nil means all namespaces.
    public var namespace: Text?
    /// The maximum number of peers in the answer.
    public var limit: UInt64?
    /// The cookie of an earlier answer. Only registrations after that answer are returned.
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
