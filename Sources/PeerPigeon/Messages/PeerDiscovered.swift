public import Wire

/// A peer is there: said to members of its network, to hubs, and by hubs to each other.
public struct PeerDiscovered: Message {
    public static var name: StaticString { "peerpigeon.peer_discovered" }
    public static var form: Form { .json }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    public var type: Text?
    /// `peerId`, `isHub`, what the peer announced, and from a cache `cachedAt`.
    public var data: JSONValue?
    /// Text; any other value names a network of its own. Absent, null or empty: `global`.
    public var networkName: JSONValue?
    /// `system`.
    public var fromPeerID: JSONValue?
    /// To whom; absent where it is said to hubs.
    public var targetPeerID: JSONValue?
    /// Milliseconds since 1970.
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
