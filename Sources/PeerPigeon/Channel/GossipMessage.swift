public import Wire

/// A message that hubs and clients pass on to all others, over data channels or between hubs over WebSocket. Every field
/// accepts any value, as real peers do; `Gossip` decides which messages are dropped.
public struct GossipMessage: Message {
    public static var name: StaticString { "peerpigeon.gossip" }
    public static var form: Form { .json }
    public static var summary: MessageSummary {
        [
            "gossip ", .name("subtype"), .maybe(" from ", .name("from")), .maybe(" to ", .name("to")),
            .maybe(" in ", .name("networkName")), .maybe(", ", .value("ttl"), " hops left"),
        ]
    }
    public var type: Text?
    /// The id, 32 hexadecimal digits, by which peers recognize a message.
    public var id: JSONValue?
    /// The kind of content: `chat`, `dm`, `peer-announcement`, ...
    public var subtype: JSONValue?
    public var content: JSONValue?
    /// The peer that created it.
    public var from: JSONValue?
    /// The recipient, for `dm` and `dht-routing`.
    public var to: JSONValue?
    /// The network. Missing, null or empty: `global`.
    public var networkName: JSONValue?
    /// The time in milliseconds since 1970.
    public var timestamp: JSONValue?
    /// The number of times that it may still be passed on.
    public var ttl: JSONValue?
    /// The peers that had it, in order.
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
