public import Wire

/// An RpcMessage without a known member, such as an empty one. Receivers treat it as malformed and continue.
public struct NoContent: Message {
    public static var name: StaticString { "dxos.no_content" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary { ["no content"] }
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.unknown(&unknown)
    }
}
