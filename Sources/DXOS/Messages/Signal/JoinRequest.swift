public import Wire

/// A request for the events of a swarm, which also makes a peer a member (dxos.mesh.signal.JoinRequest).
public struct JoinRequest: Message {
    public static var name: StaticString { "dxos.join_request" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary { ["join ", .name("swarm"), .maybe(" as ", .name("peer"))] }
    /// The discovery key, raw.
    public var swarm: Bytes?
    /// The peer that joins, raw.
    public var peer: Bytes?
    /// The metadata, only in profile v3.
    public var metadata: Structure?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "swarm", &swarm, as: .implicit)
        c.tag(2, "peer", &peer, as: .implicit)
        c.tag(3, "metadata", &metadata, as: .explicit)
        c.unknown(&unknown)
    }
}
