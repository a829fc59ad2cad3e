import Libp2p

extension Multiaddr {
    /// True for addresses of a local network: private, link-local and loopback ones, and names below `local`. Others
    /// are not announced on a local network.
    var isLocal: Bool {
        if let host { return host.isInLocalNetwork }
        guard let first = parts.first, ["dns", "dns4", "dns6", "dnsaddr"].contains(first.name) else { return false }
        return String(decoding: first.value, as: UTF8.self).lowercased().hasSuffix(".local")
    }
}
