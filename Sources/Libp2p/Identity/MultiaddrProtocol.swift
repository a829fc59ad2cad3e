import Node
import Wire

/// A protocol that an address may name (multiformats, multicodec table).
struct MultiaddrProtocol: Sendable {
    /// The size of a value in bytes.
    enum Size: Equatable, Sendable {
        case none
        case fixed(Int)
        /// The value is preceded by a varint with its length.
        case counted
    }
    var code: UInt64
    var name: String
    var size: Size

    static let all = [
        Self(code: 0x04, name: "ip4", size: .fixed(4)), Self(code: 0x06, name: "tcp", size: .fixed(2)),
        Self(code: 0x0111, name: "udp", size: .fixed(2)), Self(code: 0x29, name: "ip6", size: .fixed(16)),
        Self(code: 0x35, name: "dns", size: .counted), Self(code: 0x36, name: "dns4", size: .counted),
        Self(code: 0x37, name: "dns6", size: .counted), Self(code: 0x38, name: "dnsaddr", size: .counted),
        Self(code: 0x01a5, name: "p2p", size: .counted), Self(code: 0x01bb, name: "quic", size: .none),
        Self(code: 0x01cd, name: "quic-v1", size: .none), Self(code: 0x01c0, name: "tls", size: .none),
        Self(code: 0x01c6, name: "noise", size: .none), Self(code: 0x01dd, name: "ws", size: .none),
        Self(code: 0x01de, name: "wss", size: .none), Self(code: 0x0122, name: "p2p-circuit", size: .none),
    ]

    /// Returns the bytes of a value given as text.
    func value(_ text: String) -> [UInt8]? {
        switch name {
        case "ip4":
            guard text.utf8.first.map({ $0 >= 0x30 && $0 <= 0x39 }) == true else { return nil }
            return Endpoint(host: text, port: 0).flatMap { $0.v4 == nil ? nil : Array($0.address.suffix(4)) }
        case "ip6": return Endpoint(host: "[\(text)]", port: 0)?.address
        case "tcp", "udp": return Self.port(text).map { [UInt8($0 >> 8), UInt8($0 & 255)] }
        case "p2p": return PeerID(text)?.bytes
        default: return text.isEmpty || text.utf8.count > 255 ? nil : Array(text.utf8)
        }
    }
    private static func port(_ text: String) -> UInt16? {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? UInt16(text) : nil
    }
    /// Returns the text of a value; nil if the value is invalid.
    func text(_ value: [UInt8]) -> String? {
        switch name {
        case "ip4": return value.map(String.init).joined(separator: ".")
        case "ip6":
            guard let endpoint = Endpoint(address: value, port: 0) else { return nil }
            // `host` writes a mapped address as an IPv4 address.
            guard let v4 = endpoint.v4 else { return endpoint.host }
            return "::ffff:\(String(v4 >> 16, radix: 16)):\(String(v4 & 0xffff, radix: 16))"
        case "tcp", "udp": return String(value.reduce(0) { $0 << 8 | Int($1) })
        case "p2p": return PeerID(value)?.description
        default:
            guard let text = String(validating: value, as: UTF8.self), !text.isEmpty, !text.contains("/") else {
                return nil
            }
            return text
        }
    }
}
