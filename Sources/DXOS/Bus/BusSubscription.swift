public import Wire

/// A subscription to another host's publications on a topic (meshspec.bus.Subscription). This is a message of
/// meshspec's bus, not of DXOS.
public struct BusSubscription: Message {
    public static var name: StaticString { "dxos.bus_subscription" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            "subscribe to ",
            .first([["peer ", .name("peer")], ["host ", .name("host")], ["swarm ", .name("swarm")], ["nothing"]]),
            .maybe(" for ", .name("subscriber")), .maybe(.when("resumed", [", again"])),
        ]
    }
    /// The peer whose messages are requested.
    public var peer: Bytes?
    /// The host topic.
    public var host: Bytes?
    /// The swarm whose joins and leaves are requested.
    public var swarm: Bytes?
    /// The key of the subscribing host. A host with several connections receives each publication once.
    public var subscriber: Bytes?
    /// True if the subscriber had the topic before this connection existed. It then needs the present members again.
    public var resumed: Bool?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peer", &peer, as: .oneof)
        c.tag(2, "host", &host, as: .oneof)
        c.tag(3, "swarm", &swarm, as: .oneof)
        c.tag(4, "subscriber", &subscriber, as: .implicit)
        c.tag(5, "resumed", &resumed, as: .implicit)
        c.unknown(&unknown)
    }
}
