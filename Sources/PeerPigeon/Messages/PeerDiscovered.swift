public import Wire

/// The notice that a peer is there. A hub sends it to members of the peer's network and to other hubs.
public struct PeerDiscovered: Message {
    public static var name: StaticString { "peerpigeon.peer_discovered" }
    public static var form: Form { .json }
    public static var summary: MessageSummary {
        [
            "peer discovered: ", .name("data.peerId"), .maybe(.when("data.isHub", [", a hub"])),
            .maybe(" in ", .name("networkName")),
        ]
    }
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    public var type: Text?
    /// The members `peerId` and `isHub`, the announced data, and `cachedAt` if it is from a cache.
    public var data: JSONValue?
    /// The network. A value that is not text is a network of its own. Missing, null or empty: `global`.
    public var networkName: JSONValue?
    /// Always `system`.
    public var fromPeerID: JSONValue?
    /// The receiver; missing in messages to hubs.
    public var targetPeerID: JSONValue?
    /// The time in milliseconds since 1970.
    public var timestamp: JSONValue?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "peer-discovered")
        c.member("data", &data)
        c.member("networkName", &networkName)
        c.member("fromPeerId", &fromPeerID)
        c.member("targetPeerId", &targetPeerID)
        c.member("timestamp", &timestamp)
        c.unknown(&unknown)
    }
}
