public import Wire

/// The request with which a client asks for a WebSocket connection (RFC 6455, section 4.1): the head of an HTTP/1.1
/// request. `websocket.upgrade_response` answers.
///
/// Refused: a head without CR before each LF, control characters, header fields that go on in the next line, spaces
/// before a colon, more than 100 fields. What fields say is judged by `ServerHandshake`.
public struct Upgrade: Message {
    public static var name: StaticString { "websocket.upgrade" }
    /// `GET`.
    public var method = Delimited<Space>()
    /// The resource name: path and query.
    public var target = Delimited<Space>()
    /// `HTTP/1.1`.
    public var version = Delimited<LineEnd>()
    /// In order, with repetitions.
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

/// The answer to `websocket.upgrade` (RFC 6455, section 4.2.2): the head of an HTTP/1.1 response. Refused as that is.
public struct UpgradeResponse: Message {
    public static var name: StaticString { "websocket.upgrade_response" }
    /// `HTTP/1.1`.
    public var version = Delimited<Space>()
    /// Three digits, `101` where the server agrees.
    public var status = Delimited<Space>()
    /// For people; it may be empty.
    public var reason = Delimited<LineEnd>()
    /// In order, with repetitions.
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

/// Defaults of both heads, made once.
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
