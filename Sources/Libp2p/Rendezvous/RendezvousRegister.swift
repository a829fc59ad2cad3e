public import Wire

/// The sender wants to be found in a namespace; and how it is told to who looks there.
public struct RendezvousRegister: Message {
    public static var name: StaticString { "libp2p.rendezvous_register" }
    public static var form: Form { .protobuf }
    public var namespace: Text?
    /// An `Envelope`, serialized, with a `PeerRecord`.
    public var signedPeerRecord: Bytes?
    /// Seconds; absent: two hours.
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
