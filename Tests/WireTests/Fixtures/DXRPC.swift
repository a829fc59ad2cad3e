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
        c.tag(1, "request", &request, as: .oneof)
        c.tag(2, "response", &response, as: .oneof)
        c.tag(3, "open", &open, as: .oneof)
        c.tag(4, "open_ack", &openAck, as: .oneof)
        c.tag(5, "stream_close", &streamClose, as: .oneof)
        c.tag(6, "bye", &bye, as: .oneof)
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
        c.tag(1, "id", &id, as: .implicit)
        c.tag(2, "method", &method, as: .implicit)
        c.tag(3, "payload", &payload, as: .implicit)
        c.tag(4, "stream", &stream, as: .implicit)
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
        c.tag(1, "id", &id, as: .implicit)
        c.tag(2, "payload", &payload, as: .oneof)
        c.tag(3, "error", &error, as: .oneof)
        c.tag(4, "close", &close, as: .oneof)
        c.tag(5, "stream_ready", &streamReady, as: .oneof)
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
        c.tag(1, "name", &name, as: .implicit)
        c.tag(2, "message", &message, as: .implicit)
        c.tag(3, "stack", &stack, as: .explicit)
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
        c.tag(1, "id", &id, as: .implicit)
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
        c.tag(1, "type_url", &typeURL, as: .implicit)
        c.tag(2, "value", &value, as: .implicit)
        c.unknown(&unknown)
    }
}
