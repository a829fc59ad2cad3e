import Network
import Node

/// Where a connection goes: `HOST:PORT`, or `ws://HOST:PORT/PATH?QUERY` and `wss://` for TLS. The port of a URL is 80 or
/// 443 where it has none.
struct TargetURL {
    var endpoint: Endpoint
    /// Path and query; nil: no URL.
    var target: String?
    /// The host as it was written, without brackets.
    var host: String
    /// The host with its port, as they were written.
    private var authority = ""
    /// TLS is asked for.
    var isSecure = false
    /// What is asked for at the address; nil: no URL.
    var resource: Resource? { target.map { Resource(target: $0, host: authority) } }

    /// Looks up a name. Throws where the protocol has no URLs.
    init(_ text: String, _ definition: Definition) throws {
        // The first colon of a URL has two slashes behind it.
        let first = text.prefix { $0 != ":" }
        guard text.dropFirst(first.count).hasPrefix("://") else {
            endpoint = try Resolver.resolve(text)
            host = Self.host(of: text)
            return
        }
        let scheme = first.lowercased()
        guard ["ws", "wss"].contains(scheme) else {
            throw UsageError("`\(text)`: a URL begins with ws:// or wss://")
        }
        guard Self.names(definition) else {
            throw UsageError("`\(text)`: \(definition.name) has no URLs: write HOST:PORT")
        }
        isSecure = scheme == "wss"
        let rest = text.dropFirst(first.count + 3)
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "@") })
        else { throw UsageError("`\(text)`: a URL has no spaces, user, fragment (#) or characters beyond ASCII here") }
        authority = String(rest.prefix { $0 != "/" && $0 != "?" })
        let behind = rest.dropFirst(authority.count)
        target = behind.hasPrefix("/") ? String(behind) : "/" + behind
        let hasPort = authority.hasSuffix("]") ? false : authority.split(separator: "]").last?.contains(":") ?? false
        endpoint = try Resolver.resolve(hasPort ? authority : "\(authority):\(isSecure ? 443 : 80)")
        host = Self.host(of: hasPort ? authority : authority + ":")
    }
    /// Whether it is written as a URL, of whatever kind.
    static func isURL(_ text: String) -> Bool { text.contains("://") }
    /// Whether nodes of a protocol can be named by URLs.
    static func names(_ definition: Definition) -> Bool {
        definition.name == "websocket" || definition.layers?.layers.contains { $0.name == "websocket" } ?? false
    }
    /// What stands before the last colon, without brackets.
    private static func host(of text: String) -> String {
        let host = text[..<(text.lastIndex(of: ":") ?? text.endIndex)]
        return host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
    }
}
