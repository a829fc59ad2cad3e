public import Wire

/// The end of a stream at the request of its caller (dxos.rpc.RpcMessage, member `stream_close`).
public struct StreamClose: Message {
    public static var name: StaticString { "dxos.stream_close" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            "close the stream", .first([[" (call ", .number("stream_close.id"), ")"], [" (call 0)"]]),
        ]
    }
    public var streamClose: StreamCloseContent?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(5, "stream_close", &streamClose, as: .oneof)
        c.unknown(&unknown)
    }
}

/// The stream to close (dxos.rpc.StreamClose).
public struct StreamCloseContent: Message {
    public static var name: StaticString { "dxos.stream_close_content" }
    public static var form: Form { .protobuf }
    /// The id of the request.
    public var id: Int32?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "id", &id, as: .implicit)
        c.unknown(&unknown)
    }
}
