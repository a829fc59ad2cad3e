import Network
import Node
import WebSocket

/// Where a connection goes: `HOST:PORT`, or `ws://HOST:PORT/PATH?QUERY` and `wss://` for TLS. The port of a URL is 80 or
/// 443 where it has none.
struct TargetURL {
    var endpoint: Endpoint
    /// The host as it was written, without brackets.
    var host: String
    /// TLS is asked for.
    var isSecure = false
    /// What is asked for there; nil: no URL.
    var resource: Resource?
    /// Path and query; nil: no URL.
    var target: String? { resource?.target }

    /// Looks up a name. Throws where the protocol has no URLs.
    init(_ text: String, _ definition: Definition) throws {
        // The first colon of a URL has two slashes behind it.
        let first = text.prefix { $0 != ":" }
        guard text.dropFirst(first.count).hasPrefix("://") else {
            endpoint = try Resolver.resolve(text)
            let host = text[..<(text.lastIndex(of: ":") ?? text.endIndex)]
            self.host =
                host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
            return
        }
        guard ["ws", "wss"].contains(first.lowercased()) else {
            throw UsageError("`\(text)`: a URL begins with ws:// or wss://")
        }
        guard Self.names(definition) else {
            throw UsageError("`\(text)`: \(definition.name) has no URLs: write HOST:PORT")
        }
        guard let url = WebSocketURL(text) else {
            throw UsageError(
                "`\(text)`: write ws://HOST:PORT/PATH?QUERY, IPv6 in brackets, without spaces, user, fragment (#) and "
                    + "characters beyond ASCII")
        }
        (isSecure, host) = (url.isSecure, url.host)
        resource = Resource(target: url.target, host: url.hostField)
        endpoint = try url.endpoint ?? Resolver.resolve(url.authority)
    }
    /// Whether it is written as a URL, of whatever kind.
    static func isURL(_ text: String) -> Bool { text.contains("://") }
    /// Whether nodes of a protocol can be named by URLs.
    static func names(_ definition: Definition) -> Bool {
        let name = Definition.webSocket.name
        return definition.name == name || definition.layers?[name] != nil
    }
    /// Whether the path of a URL is where a protocol on WebSocket is spoken.
    static func names(_ definition: Definition, at text: String) -> Bool {
        guard let target = WebSocketURL(text)?.target else { return false }
        return definition.layers?.resolve(target) == definition.name
    }
}
