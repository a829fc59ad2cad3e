public import Wire

/// The notice that a peer has left. Without `networkName` it is sent to all peers, without `reason` to the peer's
/// network, with both to hubs.
public struct PeerDisconnected: Message {
    public static var name: StaticString { "peerpigeon.peer_disconnected" }
    public static var form: Form { .json }
    public static var summary: MessageSummary {
        [
            "peer disconnected: ", .name("data.peerId"), .maybe(.when("data.isHub", [", a hub"])),
            .maybe(", reason ", .name("data.reason")),
        ]
    }
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    public var type: Text?
    public var data: Departure?
    /// The network. A value that is not text is a network of its own. Missing, null or empty: `global`.
    public var networkName: JSONValue?
    /// Always `system`.
    public var fromPeerID: JSONValue?
    /// The receiver.
    public var targetPeerID: JSONValue?
    /// The time in milliseconds since 1970.
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
