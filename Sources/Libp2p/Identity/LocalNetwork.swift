public import Node

// Addresses that no other network can reach.
extension Endpoint {
    /// True for private, link-local and loopback addresses (RFC 1918, RFC 3927, RFC 4193, RFC 4291), with any port.
    public var isInLocalNetwork: Bool {
        guard let v4 else { return isLoopback || high >> 54 == 0xfe80 >> 6 || high >> 57 == 0xfc >> 1 }
        return isLoopback || v4 >> 24 == 10 || v4 >> 20 == 0xac1 || v4 >> 16 == 0xc0a8 || v4 >> 16 == 0xa9fe
    }
}

extension Multiaddr {
    /// The IP address at the beginning, with the port 0; nil if the address begins with another protocol.
    public var host: Endpoint? {
        switch parts.first?.name {
        case "ip4": Endpoint(v4: parts[0].value.reduce(0) { $0 << 8 | UInt32($1) }, port: 0)
        case "ip6": Endpoint(address: parts[0].value, port: 0)
        default: nil
        }
    }
}
