public import Wire

/// A piece of the content of an HTTP message that upgrades nothing (RFC 9112, section 6), at most 64 KiB. In chunked
/// content it is a chunk with the line before it.
public struct HTTPBody: Message {
    public static var name: StaticString { "websocket.body" }
    public static var summary: MessageSummary { ["HTTP body, ", .size("content")] }
    /// The bytes on the wire.
    public var content = Bytes()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.rest("content", &content) }
}
