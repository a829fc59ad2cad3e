public import Wire

/// The head of an HTTP/1.1 request that does not ask for an upgrade (RFC 9112, section 3), such as a question about the
/// health of a server. It has the fields of `websocket.upgrade`.
public struct HTTPRequest: Message {
    public static var name: StaticString { "http.request" }
    public static var summary: MessageSummary { [.value("method"), " ", .value("target")] }
    var head = Upgrade()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { head.code(&c) }
}

/// The head of the answer to `http.request` (RFC 9112, section 4). It has the fields of `websocket.upgrade_response`.
public struct HTTPResponse: Message {
    public static var name: StaticString { "http.response" }
    public static var summary: MessageSummary {
        MessageSummary(
            [
                .value("status"), " ", .value("reason"),
                .maybe(.found("headers", where: "name", is: "Content-Type", [", ", .name("value")])),
            ], elements: Limits.headerFields)
    }
    var head = UpgradeResponse()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { head.code(&c) }
}
