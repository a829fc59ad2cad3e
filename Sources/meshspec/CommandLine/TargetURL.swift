import Network
import Node
import WebSocket

/// Where a connection goes: `HOST:PORT`, or `ws://HOST:PORT/PATH?QUERY` and `wss://` for TLS. The port of a URL is 80 or
/// 443 where it has none.
struct TargetURL {
    var endpoint: Endpoint
    /// Path and query; nil: no URL.
    var target: String?
    /// The host as it was written, without brackets.
    var host: String
    /// TLS is asked for.
    var isSecure = false

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
        let name = Definition.webSocket.name
        guard definition.name == name || definition.layers?.layers.contains(where: { $0.name == name }) ?? false else {
            throw UsageError("`\(text)`: \(definition.name) has no URLs: write HOST:PORT")
        }
        guard let url = WebSocketURL(text) else {
            throw UsageError(
                "`\(text)`: write ws://HOST:PORT/PATH?QUERY, IPv6 in brackets, without spaces, user, fragment (#) and "
                    + "characters beyond ASCII")
        }
        (isSecure, target, host) = (url.isSecure, url.target, url.host)
        endpoint = try url.endpoint ?? Resolver.resolve(url.authority)
    }
}
