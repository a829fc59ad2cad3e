public import Node

/// A WebSocket URI (RFC 6455, section 3): `ws://127.0.0.1:9001/path?query`, `wss://example.org/`.
public struct WebSocketURL: Hashable, Sendable {
    /// `wss`: the connection goes over TLS.
    public var isSecure: Bool
    /// Name or address, an IPv6 address without its brackets.
    public var host: String
    /// 80, or 443 for `wss`, where the URI has none.
    public var port: UInt16
    /// The resource name: path and query, `/` where the URI has none.
    public var target: String

    /// Nil for other schemes, a user, a fragment (which a WebSocket URI cannot have), a port that is none, IPv6 without
    /// brackets, no host, and characters that are not printable ASCII.
    public init?(_ text: String) {
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard ["ws", "wss"].contains(scheme), text.dropFirst(scheme.count).hasPrefix("://"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") })
        else { return nil }
        isSecure = scheme == "wss"
        let rest = text.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let behind = rest.dropFirst(authority.count)
        target = behind.hasPrefix("/") ? String(behind) : "/" + behind
        var digits: Substring
        if authority.hasPrefix("[") {
            let address = authority.dropFirst().prefix { $0 != "]" }
            digits = authority.dropFirst(address.count + 1)
            guard digits.hasPrefix("]"), Endpoint(host: "[\(address)]", port: 0) != nil else { return nil }
            digits = digits.dropFirst()
            host = String(address)
        } else {
            let name = authority.prefix { $0 != ":" }
            digits = authority.dropFirst(name.count)
            guard !name.isEmpty, !name.contains(where: { "@[]".contains($0) }) else { return nil }
            host = String(name)
        }
        port = isSecure ? 443 : 80
        if digits.isEmpty { return }
        digits = digits.dropFirst()
        // Nor is a sign part of a port.
        guard authority.dropLast(digits.count).hasSuffix(":"), digits.first?.isNumber == true,
            let number = UInt16(digits), number > 0
        else { return nil }
        port = number
    }
    /// Host and port as `HOST:PORT`, IPv6 in brackets.
    public var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    /// Nil where the host is a name that has to be looked up.
    public var endpoint: Endpoint? { Endpoint(authority) }
}
