public import Wire

/// An answer to a call, or one of a stream of answers (dxos.rpc.RpcMessage, member `response`).
public struct Response: Message {
    public static var name: StaticString { "dxos.response" }
    public static var form: Form { .protobuf }
    public var response: ResponseContent?
    public var unknown = Unknown()

    public init() {}
    /// An answer.
    public init(_ response: ResponseContent) { self.response = response }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(2, "response", &response, .oneof)
        c.unknown(&unknown)
    }
}

/// What is answered to which call (dxos.rpc.Response): a payload, or what becomes of the call.
public struct ResponseContent: Message {
    public static var name: StaticString { "dxos.response_content" }
    public static var form: Form { .protobuf }
    /// That of the request.
    public var id: Int32?
    /// What the method gives; of a stream one of many.
    public var payload: Payload?
    /// The call failed; of a stream nothing follows.
    public var error: RPCError?
    /// The stream ends.
    public var close: Bool?
    /// The stream begins. It may be left out: then the first payload says so.
    public var streamReady: Bool?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "id", &id, .implicit)
        c.tag(2, "payload", &payload, .oneof)
        c.tag(3, "error", &error, .oneof)
        c.tag(4, "close", &close, .oneof)
        c.tag(5, "stream_ready", &streamReady, .oneof)
        c.unknown(&unknown)
    }
}
