public import Node

/// A WebSocket URI (RFC 6455, section 3): `ws://127.0.0.1:9001/path?query`, `wss://example.org/`.
public struct WebSocketURL: Hashable, Sendable {
    /// True for `wss`: the connection uses TLS.
    public var isSecure: Bool
    /// The name or address; an IPv6 address has no brackets.
    public var host: String
    /// The port. The default is 80, or 443 for `wss`.
    public var port: UInt16
    /// The resource name: path and query. The default is `/`.
    public var target: String

    /// Parses a URI. Returns nil for another scheme, a user, a fragment (which a WebSocket URI cannot have), an invalid
    /// port, IPv6 without brackets, a missing host, and characters that are not printable ASCII.
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
        // A sign is no part of a port either.
        guard authority.dropLast(digits.count).hasSuffix(":"), digits.first?.isNumber == true,
            let number = UInt16(digits), number > 0
        else { return nil }
        port = number
    }
    /// The host and port as `HOST:PORT`, IPv6 in brackets.
    public var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    /// The value of `Host` in a request. It has no port if that is the default of the scheme.
    public var hostField: String {
        port == (isSecure ? 443 : 80) ? String(authority.dropLast("\(port)".count + 1)) : authority
    }
    /// The address; nil if the host is a name that must be resolved.
    public var endpoint: Endpoint? { Endpoint(authority) }
}
