import Libp2p
import Node

extension Multiaddr {
    /// True for addresses of a local network: private, link-local and loopback ones, and names below `local`. Others
    /// are not announced on a local network.
    var isLocal: Bool {
        guard let first = parts.first else { return false }
        switch first.name {
        case "ip4", "ip6":
            let bytes = first.value
            let address = bytes.count == 4 ? [UInt8](repeating: 0, count: 10) + [255, 255] + bytes : bytes
            return Endpoint(address: address, port: 0)?.isInLocalNetwork ?? false
        case "dns", "dns4", "dns6", "dnsaddr":
            return String(decoding: first.value, as: UTF8.self).lowercased().hasSuffix(".local")
        default: return false
        }
    }
}

extension Endpoint {
    /// True for private, link-local and loopback addresses (RFC 1918, RFC 3927, RFC 4193).
    var isInLocalNetwork: Bool {
        guard let v4 else { return isLoopback || high >> 54 == 0xfe80 >> 6 || high >> 57 == 0xfc >> 1 }
        return v4 >> 24 == 10 || v4 >> 20 == 0xac1 || v4 >> 16 == 0xc0a8 || v4 >> 16 == 0xa9fe || v4 >> 24 == 127
    }
}
