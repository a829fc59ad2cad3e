public import Wire

/// A member of a swarm, sent to one host, in profile v3 (dxos.mesh.signal.HostEvent). It names the swarm.
public struct HostEventV3: Message {
    public static var name: StaticString { "dxos.host_event_v3" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [.first([[.message("announce_back", AnnounceBack.self)], ["empty host event"]])]
    }
    public var announceBack: AnnounceBack?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "announce_back", &announceBack, as: .oneof)
        c.unknown(&unknown)
    }
}

/// A member of a swarm (dxos.mesh.signal.HostEvent.AnnounceBack).
public struct AnnounceBack: Message {
    public static var name: StaticString { "dxos.announce_back" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [.message("peer_available", PeerAvailable.self), .maybe(", in ", .name("swarm"))]
    }
    public var swarm: Bytes?
    public var peerAvailable: PeerAvailable?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "swarm", &swarm, as: .implicit)
        c.tag(2, "peer_available", &peerAvailable, as: .implicit)
        c.unknown(&unknown)
    }
}
