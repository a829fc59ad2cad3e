public import Wire

/// What a peer sends to see it come back (libp2p specs, ping): 32 bytes, and the answer is the same.
public struct PingMessage: Message {
    public static var name: StaticString { "libp2p.ping" }
    public var payload = Key32()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.field("payload", &payload) }
}
