public import Wire

/// A call (dxos.rpc.RpcMessage, member `request`); its answers have the same id.
public struct Request: Message {
    public static var name: StaticString { "dxos.request" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary { [.message("request", RequestContent.self)] }
    public static var parts: [String] { ["request.method"] }
    public var request: RequestContent?
    public var unknown = Unknown()

    public init() {}
    public init(_ request: RequestContent) { self.request = request }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "request", &request, as: .oneof)
        c.unknown(&unknown)
    }
}

/// The method of a call and its argument (dxos.rpc.Request).
public struct RequestContent: Message {
    public static var name: StaticString { "dxos.request_content" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .first([
                [.inside("payload", [.first(Payload.opened)])],
                [.lastWord("method"), .maybe(", ", .size("payload.value"))], ["call without a method"],
            ]), .first([[" (call ", .number("id"), ")"], [" (call 0)"]]),
        ]
    }
    /// The id. The caller counts from 0, unary and streaming calls alike; each side has its own ids.
    public var id: Int32?
    /// The full name of the service, a dot, the method: `dxos.mesh.signal.Signal.Join`.
    public var method: Text?
    /// The argument of the method; it is read as the method's type, regardless of the type in it.
    public var payload: Payload?
    /// True if the call requests a stream of answers.
    public var stream: Bool?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        // The payload cannot identify itself if its type is left out. Receivers use the method in all cases.
        if C.reads, payload == nil, let kind = Self.expected(c) { payload = Payload(expecting: kind) }
        c.tag(1, "id", &id, as: .implicit)
        c.tag(2, "method", &method, as: .implicit)
        c.tag(3, "payload", &payload, as: .implicit)
        c.tag(4, "stream", &stream, as: .implicit)
        c.unknown(&unknown)
    }
    /// Returns the argument type of the method further ahead; nil without a payload. A function of its own, as in
    /// `Payload`.
    private static func expected<C: Coder & ~Copyable & ~Escapable>(_ c: borrowing C) -> PayloadKind? {
        guard c.content(of: 3, by: IsThere()) == true else { return nil }
        return c.content(of: 2, by: RequestMethod()) ?? .unknown
    }
}
