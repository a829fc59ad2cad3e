public import Node

/// A WebSocket URI (RFC 6455, section 3) whose host is an address: `ws://127.0.0.1:9001/path?query`.
public struct WebSocketURL: Hashable, Sendable {
    public var endpoint: Endpoint
    /// The resource name: path and query, `/` where the URI has none.
    public var target: String

    /// Nil for anything else: names that have to be looked up, `wss`, fragments (which a WebSocket URI cannot have).
    public init?(_ text: String) {
        guard text.lowercased().hasPrefix("ws://"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x23 })
        else { return nil }
        let rest = text.dropFirst(5)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let behind = rest.dropFirst(authority.count)
        guard let endpoint = Endpoint(authority) ?? Endpoint(host: authority, port: 80) else { return nil }
        self.endpoint = endpoint
        target = behind.hasPrefix("/") ? String(behind) : "/" + behind
    }
}
