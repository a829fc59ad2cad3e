public import Wire

/// The data of a binary message (RFC 6455, section 5.6), joined from its frames, unmasked and inflated. Captures show
/// it if the protocol on WebSocket is unknown.
public struct BinaryMessage: Message {
    public static var name: StaticString { "websocket.binary" }
    public static var summary: MessageSummary { ["binary ", .size("data")] }
    /// The data; may be empty.
    public var data = Bytes()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.rest("data", &data) }
}
