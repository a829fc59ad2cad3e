public import Wire

/// A peer that joined a swarm or left it (dxos.mesh.signal.SwarmEvent). Join streams have these events, and hosts
/// exchange them.
public struct SwarmEvent: Message {
    public static var name: StaticString { "dxos.swarm_event" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .first([
                [.message("peer_available", PeerAvailable.self)], [.message("peer_left", PeerLeft.self)],
                ["empty swarm event"],
            ])
        ]
    }
    public var peerAvailable: PeerAvailable?
    public var peerLeft: PeerLeft?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peer_available", &peerAvailable, as: .oneof)
        c.tag(2, "peer_left", &peerLeft, as: .oneof)
        c.unknown(&unknown)
    }
}
