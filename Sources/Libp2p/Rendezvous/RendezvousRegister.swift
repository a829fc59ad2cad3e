public import Wire

/// A request to be listed in a namespace, and a registration in the answer to DISCOVER.
public struct RendezvousRegister: Message {
    public static var name: StaticString { "libp2p.rendezvous_register" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        ["register", .maybe(" in ", .name("namespace")), .maybe(" for ", .number("ttl"), " s")]
    }
    public var namespace: Text?
    /// A serialized `Envelope` with a `PeerRecord`.
    public var signedPeerRecord: Bytes?
    /// The duration in seconds; nil means two hours.
    public var ttl: UInt64?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "namespace", &namespace)
        c.tag(2, "signed_peer_record", &signedPeerRecord)
        c.tag(3, "ttl", &ttl)
        c.unknown(&unknown)
    }
}
