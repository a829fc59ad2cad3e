public import Wire

/// A ping (libp2p specs, ping): 32 bytes, which the other side sends back unchanged.
public struct PingMessage: Message {
    public static var name: StaticString { "libp2p.ping" }
    public static var summary: MessageSummary { ["ping ", .value("payload")] }
    public var payload = Key32()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.field("payload", &payload) }
}
