public import Wire

/// Asks another host for what it publishes to a topic (meshspec.bus.Subscription): a message of the bus of this program, and
/// none of DXOS.
public struct BusSubscription: Message {
    public static var name: StaticString { "dxos.bus_subscription" }
    public static var form: Form { .protobuf }
    /// Messages to this peer.
    public var peer: Bytes?
    /// What this host asked for.
    public var host: Bytes?
    /// Who comes to this swarm and leaves it.
    public var swarm: Bytes?
    /// Key of the host that subscribes: one with several connections is told once.
    public var subscriber: Bytes?
    /// It had the topic before there was this connection, and is to be told again who is there.
    public var resumed: Bool?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peer", &peer, .oneof)
        c.tag(2, "host", &host, .oneof)
        c.tag(3, "swarm", &swarm, .oneof)
        c.tag(4, "subscriber", &subscriber, .implicit)
        c.tag(5, "resumed", &resumed, .implicit)
        c.unknown(&unknown)
    }
}
