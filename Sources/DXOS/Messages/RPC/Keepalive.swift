public import Wire

/// The TEXT message `__ping__`, with which clients of 2023 and later keep a connection alive. It is not an RpcMessage,
/// and is never answered.
public struct Keepalive: Message {
    public static var name: StaticString { "dxos.keepalive" }
    public static var summary: MessageSummary { ["keepalive"] }
    /// The text.
    public var text = Keepalive.ping

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("text", &text, Self.ping)
    }
    /// Returns true if bytes are its text. No RpcMessage has this beginning, because there is no wire type 7.
    static func isText(_ bytes: RawSpan) -> Bool { bytes.isText("__ping__") }
    /// The bytes of `__ping__`.
    public static let ping = Fixed<8>([0x5f, 0x5f, 0x70, 0x69, 0x6e, 0x67, 0x5f, 0x5f] as InlineArray<8, UInt8>)
}
