public import Wire

/// A peer that is a member of a swarm (dxos.mesh.signal.SwarmEvent.PeerAvailable).
public struct PeerAvailable: Message {
    public static var name: StaticString { "dxos.peer_available" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            "peer available: ", .name("peer"), .maybe(", since ", .clock("since.seconds")),
            .maybe(", until ", .clock("until.seconds")),
        ]
    }
    public var peer: Bytes?
    public var since: Timestamp?
    /// The time at which this ends unless it is announced again; missing or zero: never.
    public var until: Timestamp?
    /// Between hosts: the host to which the receiver must announce its members.
    public var announceBackToHost: Bytes?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peer", &peer, as: .implicit)
        c.tag(2, "since", &since, as: .implicit)
        c.tag(3, "until", &until, as: .explicit)
        c.tag(4, "announce_back_to_host", &announceBackToHost, as: .explicit)
        c.unknown(&unknown)
    }
}
