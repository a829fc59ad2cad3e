public import Wire

/// A client's announcement that it joins a network, with data about itself for the others.
public struct Announce: Message {
    public static var name: StaticString { "peerpigeon.announce" }
    public static var form: Form { .json }
    public static var summary: MessageSummary {
        [
            "announce", .maybe(" ", .name("data.peerId")), .maybe(.when("data.isHub", [", a hub"])),
            .maybe(" in ", .name("networkName")),
        ]
    }
    public var type: Text?
    /// The network. A value that is not text is a network of its own. Missing, null or empty: `global`.
    public var networkName: JSONValue?
    /// The data for the others. A member `isHub` that is true makes the sender a hub.
    public var data: JSONValue?
    /// A field of clients, which hubs ignore.
    public var maxPeers: JSONValue?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "announce")
        c.member("networkName", &networkName)
        c.member("data", &data)
        c.member("maxPeers", &maxPeers)
        c.unknown(&unknown)
    }
}
