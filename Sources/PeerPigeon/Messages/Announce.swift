public import Wire

/// A client is a member of a network from now on, and tells the others what it likes of itself.
public struct Announce: Message {
    public static var name: StaticString { "peerpigeon.announce" }
    public static var form: Form { .json }
    public var type: Text?
    /// Text; any other value names a network of its own. Absent, null or empty: `global`.
    public var networkName: JSONValue?
    /// Passed on to the others. A member `isHub` that is true makes the sender a hub.
    public var data: JSONValue?
    /// Of clients; hubs do not look at it.
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
