import Wire

/// A client tells the hub that it is there. JSON text.
struct Announce: Message {
    static var name: StaticString { "peerpigeon.announce" }
    static var form: Form { .json }
    var type: Text?
    /// Absent, null or empty: "global".
    var networkName: Text?
    /// Anything; passed on. `isHub: true` makes the sender a hub.
    var data: JSONValue?
    var maxPeers: Int64?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "announce")
        c.member("data", &data)
        c.member("maxPeers", &maxPeers)
        c.member("networkName", &networkName)
        c.unknown(&unknown)
    }
}

/// The first half of a WebRTC negotiation, carried from one client to another.
struct Offer: Message {
    static var name: StaticString { "peerpigeon.offer" }
    static var form: Form { .json }
    var type: Text?
    /// Session description; the hub does not look into it.
    var data: JSONValue?
    /// Written by the hub unless the sender did.
    var fromPeerID: Text?
    /// Without it the hub drops the message.
    var targetPeerID: Text?
    var networkName: Text?
    /// Written by the hub: milliseconds since 1970.
    var timestamp: Int64?
    var maxPeers: Int64?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "offer")
        c.member("data", &data)
        c.member("fromPeerId", &fromPeerID)
        c.member("targetPeerId", &targetPeerID)
        c.member("networkName", &networkName)
        c.member("timestamp", &timestamp)
        c.member("maxPeers", &maxPeers)
        c.unknown(&unknown)
    }
}
