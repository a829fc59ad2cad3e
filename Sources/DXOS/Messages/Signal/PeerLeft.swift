public import Wire

/// A peer that left a swarm, or whose announcement was not renewed in time (dxos.mesh.signal.SwarmEvent.PeerLeft).
public struct PeerLeft: Message {
    public static var name: StaticString { "dxos.peer_left" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary { ["peer left: ", .name("peer")] }
    public var peer: Bytes?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peer", &peer, as: .implicit)
        c.unknown(&unknown)
    }
}
