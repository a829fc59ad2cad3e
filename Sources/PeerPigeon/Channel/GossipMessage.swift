public import Wire

/// A message that hubs and clients pass on to all the others over their data channels. Every field is read as any value, as
/// peers do: `Gossip` says what they drop.
public struct GossipMessage: Message {
    public static var name: StaticString { "peerpigeon.gossip" }
    public static var form: Form { .json }
    public var type: Text?
    /// 32 hexadecimal digits; those who pass a message on know it again by this.
    public var id: JSONValue?
    /// What it holds: `chat`, `dm`, `peer-announcement`, ...
    public var subtype: JSONValue?
    public var content: JSONValue?
    /// The peer who made it.
    public var from: JSONValue?
    /// For whom it is; of `dm` and `dht-routing`.
    public var to: JSONValue?
    /// Absent, null or empty: `global`.
    public var networkName: JSONValue?
    /// Milliseconds since 1970.
    public var timestamp: JSONValue?
    /// How many more times it may be passed on.
    public var ttl: JSONValue?
    /// Who had it, in order.
    public var path: JSONValue?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "gossip")
        c.member("id", &id)
        c.member("subtype", &subtype)
        c.member("content", &content)
        c.member("from", &from)
        c.member("to", &to)
        c.member("networkName", &networkName)
        c.member("timestamp", &timestamp)
        c.member("ttl", &ttl)
        c.member("path", &path)
        c.unknown(&unknown)
    }
}
