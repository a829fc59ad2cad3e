public import Wire

/// The message of a client that is about to leave; a hub passes it to the nearest peers.
public struct Goodbye: Message {
    public static var name: StaticString { "peerpigeon.goodbye" }
    public static var form: Form { .json }
    public static var summary: MessageSummary {
        [
            "goodbye", .maybe(" from ", .first([[.name("data.peerId")], [.name("fromPeerId")]])),
            .maybe(", reason ", .name("data.reason")),
        ]
    }
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    public var type: Text?
    /// The data, which the hub passes on.
    public var data: JSONValue?
    /// The sender; `system`: the hub.
    public var fromPeerID: JSONValue?
    /// The receiver.
    public var targetPeerID: JSONValue?
    /// The network. A value that is not text is a network of its own. Missing, null or empty: `global`.
    public var networkName: JSONValue?
    /// The time in milliseconds since 1970, which the hub writes.
    public var timestamp: JSONValue?
    public var maxPeers: JSONValue?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "goodbye")
        c.member("data", &data)
        c.member("fromPeerId", &fromPeerID)
        c.member("targetPeerId", &targetPeerID)
        c.member("networkName", &networkName)
        c.member("timestamp", &timestamp)
        c.member("maxPeers", &maxPeers)
        c.unknown(&unknown)
    }
}
