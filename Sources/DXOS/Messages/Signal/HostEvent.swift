public import Wire

/// A member of a swarm, sent to one host, in profile v1 (dxos.mesh.signal.HostEvent). Profile v3 has another layout
/// under the same name.
public struct HostEvent: Message {
    public static var name: StaticString { "dxos.host_event" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [.first([[.message("peer_available", PeerAvailable.self)], ["empty host event"]])]
    }
    public var peerAvailable: PeerAvailable?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peer_available", &peerAvailable, as: .oneof)
        c.unknown(&unknown)
    }
}
