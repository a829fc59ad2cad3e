import Libp2p
import Network
import Node
import WebSocket

/// The address of a node: `HOST:PORT`, `ws://HOST:PORT/PATH?QUERY`, `wss://` for TLS, or a multiaddr such as
/// `/ip4/127.0.0.1/tcp/4001/p2p/12D3...`. A URL without a port uses 80 or 443.
struct TargetURL {
    var endpoint: Endpoint
    /// The host as given, without brackets.
    var host: String
    /// True if the URL requires TLS.
    var isSecure = false
    /// The resource that a URL or multiaddr names; nil for `HOST:PORT`.
    var resource: Resource?
    /// The path and query of the URL; nil for `HOST:PORT`.
    var target: String? { resource?.target }

    /// Parses an address and resolves its host name. It throws if the protocol does not support this form.
    init(_ text: String, _ definition: Definition) throws {
        if Self.isMultiaddr(text) {
            guard Self.names(definition, by: text) else {
                throw CommandError(
                    .badAddress, at: text, "\(definition.name) has no multiaddrs", remedy: "write HOST:PORT")
            }
            guard let address = Multiaddr(text), let endpoint = address.endpoint else {
                throw CommandError(
                    .badAddress, at: text, "not an address",
                    remedy: "write /ip4/ADDRESS/tcp/PORT or /ip6/ADDRESS/tcp/PORT, then /p2p/ID if you like")
            }
            (self.endpoint, host) = (endpoint, endpoint.host)
            resource = Resource(target: text, host: endpoint.host)
            return
        }
        // `://` follows the scheme of a URL.
        let first = text.prefix { $0 != ":" }
        guard text.dropFirst(first.count).hasPrefix("://") else {
            endpoint = try Resolver.resolve(text)
            let host = text[..<(text.lastIndex(of: ":") ?? text.endIndex)]
            self.host =
                host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
            return
        }
        guard Self.names(definition, by: text) else {
            throw CommandError(.badAddress, at: text, "\(definition.name) has no URLs", remedy: "write HOST:PORT")
        }
        guard ["ws", "wss"].contains(first.lowercased()) else {
            throw CommandError(.badAddress, at: text, "a URL begins with ws:// or wss://")
        }
        guard let url = WebSocketURL(text) else {
            throw CommandError(
                .badAddress, at: text, "not an address",
                remedy: "write ws://HOST:PORT/PATH?QUERY, IPv6 in brackets, without spaces, user, fragment (#) and "
                    + "characters beyond ASCII")
        }
        (isSecure, host) = (url.isSecure, url.host)
        resource = Resource(target: url.target, host: url.hostField)
        endpoint = try url.endpoint ?? Resolver.resolve(url.authority)
    }
    /// Returns true for a URL of any scheme and for a multiaddr.
    static func isURL(_ text: String) -> Bool { text.contains("://") || isMultiaddr(text) }
    private static func isMultiaddr(_ text: String) -> Bool { text.hasPrefix("/ip4/") || text.hasPrefix("/ip6/") }
    /// Returns true if the nodes of a protocol can be named in this form.
    static func names(_ definition: Definition, by text: String) -> Bool {
        if isMultiaddr(text) { return definition.reading.layers?[LayerName.security] != nil }
        let name = Definition.webSocket.name
        return definition.name == name || definition.reading.layers?[name] != nil
    }
    /// Returns true if the path of a URL belongs to this protocol on WebSocket.
    static func names(_ definition: Definition, at text: String) -> Bool {
        if isMultiaddr(text) { return true }
        guard let target = WebSocketURL(text)?.target else { return false }
        return definition.reading.layers?.resolve(target) == definition.name
    }
}
