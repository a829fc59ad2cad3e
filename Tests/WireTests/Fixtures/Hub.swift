import Wire

/// A client announces itself to the hub. JSON text.
struct Announce: Message {
    static var name: StaticString { "peerpigeon.announce" }
    static var form: Form { .json }
    var type: Text?
    /// The name of the network. Absent, null or empty means "global".
    var networkName: Text?
    /// Any value, which the hub passes on. `isHub: true` makes the sender a hub.
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

/// The first half of a WebRTC negotiation from one client to another.
struct Offer: Message {
    static var name: StaticString { "peerpigeon.offer" }
    static var form: Form { .json }
    var type: Text?
    /// The session description. The hub does not parse it.
    var data: JSONValue?
    /// The sender's id. The hub writes it if the sender did not.
    var fromPeerID: Text?
    /// The receiver's id. Without it, the hub drops the message.
    var targetPeerID: Text?
    var networkName: Text?
    /// Milliseconds since 1970, written by the hub.
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
