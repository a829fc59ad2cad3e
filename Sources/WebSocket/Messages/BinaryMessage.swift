public import Wire

/// Bytes as a connection carries them (RFC 6455, section 5.6), joined from their frames, unmasked and inflated: what a
/// capture shows where no protocol that stands on WebSocket is known.
public struct BinaryMessage: Message {
    public static var name: StaticString { "websocket.binary" }
    /// They may be none.
    public var data = Bytes()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.rest("data", &data) }
}
