public import Wire

/// The request for a WebSocket connection (RFC 6455, section 4.1): the head of an HTTP/1.1 request.
/// `websocket.upgrade_response` is the answer.
///
/// A head is refused for any of these: an LF without CR before it, control characters, header fields that continue in
/// the next line, spaces before a colon, more than 100 fields. `ServerHandshake` judges the values of the fields.
public struct Upgrade: Message {
    public static var name: StaticString { "websocket.upgrade" }
    public static var summary: MessageSummary {
        MessageSummary(
            [
                .value("method"), " ", .value("target"),
                .maybe(
                    .found("headers", where: "name", is: "Sec-WebSocket-Protocol", [", subprotocol ", .name("value")])),
            ], elements: Limits.headerFields)
    }
    /// The method, `GET`.
    public var method = Delimited<Space>()
    /// The resource name: path and query.
    public var target = Delimited<Space>()
    /// The version, `HTTP/1.1`.
    public var version = Delimited<LineEnd>()
    /// The fields in order, with repetitions.
    public var headers: [HeaderField] = []
    /// The empty line.
    public var end = Delimited<LineEnd>()

    public init() { (method, target, version, end) = (Head.get, Head.root, Head.version, Head.empty) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.part("method", &method)
        c.part("target", &target)
        c.part("version", &version)
        c.sequence("headers", &headers, before: Head.crlf, atMost: Limits.headerFields)
        c.part("end", &end)
    }
}

/// The answer to `websocket.upgrade` (RFC 6455, section 4.2.2): the head of an HTTP/1.1 response. The same faults are
/// refused.
public struct UpgradeResponse: Message {
    public static var name: StaticString { "websocket.upgrade_response" }
    public static var summary: MessageSummary {
        MessageSummary(
            [
                .value("status"),
                .first([
                    [.found("headers", where: "name", is: "Upgrade", [", ", .name("value")])], [" ", .value("reason")],
                    [""],
                ]),
                .maybe(
                    .found("headers", where: "name", is: "Sec-WebSocket-Protocol", [", subprotocol ", .name("value")])),
                .maybe(.found("headers", where: "name", is: "Sec-WebSocket-Extensions", [", ", .name("value")])),
            ], elements: Limits.headerFields)
    }
    /// The version, `HTTP/1.1`.
    public var version = Delimited<Space>()
    /// The status code, three digits; `101` if the server agrees.
    public var status = Delimited<Space>()
    /// The reason phrase for people; may be empty.
    public var reason = Delimited<LineEnd>()
    /// The fields in order, with repetitions.
    public var headers: [HeaderField] = []
    /// The empty line.
    public var end = Delimited<LineEnd>()

    public init() {
        (version, status, reason, end) = (Head.responseVersion, Head.switching, Head.switchingReason, Head.empty)
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.part("version", &version)
        c.part("status", &status)
        c.part("reason", &reason)
        c.sequence("headers", &headers, before: Head.crlf, atMost: Limits.headerFields)
        c.part("end", &end)
    }
}

/// The defaults of both heads, created once.
enum Head {
    static let get: Delimited<Space> = "GET"
    static let root: Delimited<Space> = "/"
    static let version: Delimited<LineEnd> = "HTTP/1.1"
    static let responseVersion: Delimited<Space> = "HTTP/1.1"
    static let switching: Delimited<Space> = "101"
    static let switchingReason: Delimited<LineEnd> = "Switching Protocols"
    static let empty: Delimited<LineEnd> = ""
    static let crlf = Fixed<2>([0x0d, 0x0a] as InlineArray<2, UInt8>)
}
