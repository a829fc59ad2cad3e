public import Wire

/// A peer has left. Without `networkName` it is said to all, without `reason` to its network, with both to hubs.
public struct PeerDisconnected: Message {
    public static var name: StaticString { "peerpigeon.peer_disconnected" }
    public static var form: Form { .json }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    public var type: Text?
    public var data: Departure?
    /// Text; any other value names a network of its own. Absent, null or empty: `global`.
    public var networkName: JSONValue?
    /// `system`.
    public var fromPeerID: JSONValue?
    /// To whom.
    public var targetPeerID: JSONValue?
    /// Milliseconds since 1970.
    public var timestamp: JSONValue?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "peer-disconnected")
        c.member("data", &data)
        c.member("networkName", &networkName)
        c.member("fromPeerId", &fromPeerID)
        c.member("targetPeerId", &targetPeerID)
        c.member("timestamp", &timestamp)
        c.unknown(&unknown)
    }
}
