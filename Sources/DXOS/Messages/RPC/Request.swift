public import Wire

/// A call (dxos.rpc.RpcMessage, member `request`): the answers have its id.
public struct Request: Message {
    public static var name: StaticString { "dxos.request" }
    public static var form: Form { .protobuf }
    public var request: RequestContent?
    public var unknown = Unknown()

    public init() {}
    /// A call.
    public init(_ request: RequestContent) { self.request = request }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "request", &request, .oneof)
        c.unknown(&unknown)
    }
}

/// What is called, and with what (dxos.rpc.Request).
public struct RequestContent: Message {
    public static var name: StaticString { "dxos.request_content" }
    public static var form: Form { .protobuf }
    /// Counted by the caller from 0, unary and streaming calls alike; each side has ids of its own.
    public var id: Int32?
    /// The full name of the service, a dot, the method: `dxos.mesh.signal.Signal.Join`.
    public var method: Text?
    /// What the method takes; read as that, whatever type it says.
    public var payload: Payload?
    /// Whether many answers are wanted.
    public var stream: Bool?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        // The payload says nothing of itself where the type is left out, and receivers go by the method all the same.
        if C.reads, payload == nil, let kind = Self.expected(c) { payload = Payload(expecting: kind) }
        c.tag(1, "id", &id, .implicit)
        c.tag(2, "method", &method, .implicit)
        c.tag(3, "payload", &payload, .implicit)
        c.tag(4, "stream", &stream, .implicit)
        c.unknown(&unknown)
    }
    /// What the method takes that the coder has ahead; nil without a payload. Apart, as in `Payload`.
    private static func expected<C: Coder & ~Copyable & ~Escapable>(_ c: borrowing C) -> PayloadKind? {
        guard c.content(of: 3, by: IsThere()) == true else { return nil }
        return c.content(of: 2, by: RequestMethod()) ?? .unknown
    }
}
