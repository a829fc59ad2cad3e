public import Wire

/// A client is about to leave; a hub hands it to the nearest peers.
public struct Goodbye: Message {
    public static var name: StaticString { "peerpigeon.goodbye" }
    public static var form: Form { .json }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    public var type: Text?
    /// Passed on.
    public var data: JSONValue?
    /// Who said it; `system`: the hub.
    public var fromPeerID: JSONValue?
    /// To whom.
    public var targetPeerID: JSONValue?
    /// Text; any other value names a network of its own. Absent, null or empty: `global`.
    public var networkName: JSONValue?
    /// Milliseconds since 1970; written by the hub.
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
