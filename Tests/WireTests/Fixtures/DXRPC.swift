import Wire

/// One binary WebSocket message of dxRPC. The encoding is proto3, and exactly one member is set.
struct RPCMessage: Message {
    static var name: StaticString { "dxos.rpc" }
    static var form: Form { .protobuf }
    var request: Request?
    var response: Response?
    var open: Bool?
    var openAck: Bool?
    var streamClose: StreamClose?
    var bye: Bye?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "request", &request, .oneof)
        c.tag(2, "response", &response, .oneof)
        c.tag(3, "open", &open, .oneof)
        c.tag(4, "open_ack", &openAck, .oneof)
        c.tag(5, "stream_close", &streamClose, .oneof)
        c.tag(6, "bye", &bye, .oneof)
        c.unknown(&unknown)
    }
}

/// A call.
struct Request: Message {
    static var name: StaticString { "dxos.request" }
    static var form: Form { .protobuf }
    /// The number of the call. The caller counts from 0, and absent means 0.
    var id: Int32?
    /// The service, a dot, and the method.
    var method: Text?
    var payload: AnyMessage?
    /// True if the caller requests several responses.
    var stream: Bool?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "id", &id, .implicit)
        c.tag(2, "method", &method, .implicit)
        c.tag(3, "payload", &payload, .implicit)
        c.tag(4, "stream", &stream, .implicit)
        c.unknown(&unknown)
    }
}

/// An answer, or an element of a stream of answers.
struct Response: Message {
    static var name: StaticString { "dxos.response" }
    static var form: Form { .protobuf }
    var id: Int32?
    var payload: AnyMessage?
    var error: RPCError?
    var close: Bool?
    var streamReady: Bool?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "id", &id, .implicit)
        c.tag(2, "payload", &payload, .oneof)
        c.tag(3, "error", &error, .oneof)
        c.tag(4, "close", &close, .oneof)
        c.tag(5, "stream_ready", &streamReady, .oneof)
        c.unknown(&unknown)
    }
}

/// The reason why a call failed.
struct RPCError: Message {
    static var name: StaticString { "dxos.error" }
    static var form: Form { .protobuf }
    var name: Text?
    var message: Text?
    var stack: Text?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "name", &name, .implicit)
        c.tag(2, "message", &message, .implicit)
        c.tag(3, "stack", &stack, .explicit)
        c.unknown(&unknown)
    }
}

/// The caller needs no more answers.
struct StreamClose: Message {
    static var name: StaticString { "dxos.stream_close" }
    static var form: Form { .protobuf }
    var id: Int32?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "id", &id, .implicit)
        c.unknown(&unknown)
    }
}

/// The peer is about to leave.
struct Bye: Message {
    static var name: StaticString { "dxos.bye" }
    static var form: Form { .protobuf }
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.unknown(&unknown)
    }
}

/// A message of any type (google.protobuf.Any).
struct AnyMessage: Message {
    static var name: StaticString { "dxos.any" }
    static var form: Form { .protobuf }
    /// The type has a leading dot from JS and is empty from Go. Receivers ignore it.
    var typeURL: Text?
    var value: Bytes?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "type_url", &typeURL, .implicit)
        c.tag(2, "value", &value, .implicit)
        c.unknown(&unknown)
    }
}
