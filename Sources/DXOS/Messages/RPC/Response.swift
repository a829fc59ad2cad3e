public import Wire

/// An answer to a call, or a part of a stream of answers (dxos.rpc.RpcMessage, member `response`).
public struct Response: Message {
    public static var name: StaticString { "dxos.response" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary { [.message("response", ResponseContent.self)] }
    public var response: ResponseContent?
    public var unknown = Unknown()

    public init() {}
    public init(_ response: ResponseContent) { self.response = response }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(2, "response", &response, as: .oneof)
        c.unknown(&unknown)
    }
}

/// The answer to one call (dxos.rpc.Response): a payload, or a change of the call's state.
public struct ResponseContent: Message {
    public static var name: StaticString { "dxos.response_content" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .first([
                [.when("stream_ready", ["stream begins"])], [.when("close", ["stream ends"])],
                [.inside("error", ["error", .maybe(" ", .name("name")), .maybe(": ", .value("message"))])],
                [.inside("payload", [.first(Payload.opened)])],
                [.inside("payload", [.lastWord("type_url"), ", ", .size("value")])], [.when("payload", ["done"])],
                ["empty answer"],
            ]), .first([[" (call ", .number("id"), ")"], [" (call 0)"]]),
        ]
    }
    /// The id of the request.
    public var id: Int32?
    /// The result of the method; in a stream there are many.
    public var payload: Payload?
    /// The error of a failed call; it ends a stream.
    public var error: RPCError?
    /// True at the end of the stream.
    public var close: Bool?
    /// True at the beginning of the stream. It may be left out; then the first payload marks the beginning.
    public var streamReady: Bool?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "id", &id, as: .implicit)
        c.tag(2, "payload", &payload, as: .oneof)
        c.tag(3, "error", &error, as: .oneof)
        c.tag(4, "close", &close, as: .oneof)
        c.tag(5, "stream_ready", &streamReady, as: .oneof)
        c.unknown(&unknown)
    }
}
