import Node

extension Endpoint {
    /// The address alone.
    var withoutPort: Endpoint { Endpoint(high: high, low: low, port: 0) }
    /// The unit in which connections and node ids are compared: an IPv4 address, or the first 48 bits of an IPv6
    /// address.
    var site: Endpoint { v4 != nil ? withoutPort : Endpoint(high: high & ~0xffff, low: 0, port: 0) }
    /// The first 24 bits of an IPv4 address, or the first 32 bits of an IPv6 address.
    var subnetwork: Endpoint {
        guard let v4 else { return Endpoint(high: high & 0xffff_ffff_0000_0000, low: 0, port: 0) }
        return Endpoint(v4: v4 & 0xffff_ff00, port: 0)
    }
    /// Returns true if no peer can have this address (nano-node, network.cpp `not_a_peer` and transport.cpp
    /// `reserved_address`). It does not check our own endpoint. Loopback is not reserved on any network.
    func isReserved(allowingLocal: Bool) -> Bool {
        if isUnspecified || port == 0 { return true }
        return Reserved.always.contains { $0.contains(self) }
            || !allowingLocal && Reserved.local.contains { $0.contains(self) }
    }
}

/// A reserved range of addresses. Peers in it are not contacted.
struct Reserved: Sendable {
    private let first: Endpoint
    private let bits: Int

    /// Creates a range: `text` is an address without a port, `bits` the length of the prefix.
    private init(_ text: String, _ bits: Int) {
        let isV4 = !text.contains(":")
        first = Endpoint(host: isV4 ? text : "[\(text)]", port: 0) ?? Endpoint(high: 0, low: 0, port: 0)
        // An IPv4 address is kept as the last 32 bits of ::ffff:0:0/96.
        self.bits = isV4 ? bits + 96 : bits
    }
    func contains(_ e: Endpoint) -> Bool {
        let high: UInt64 = bits >= 64 ? .max : ~(.max >> UInt64(bits))
        let low: UInt64 = bits >= 128 ? .max : bits <= 64 ? 0 : ~(.max >> UInt64(bits - 64))
        return (e.high ^ first.high) & high == 0 && (e.low ^ first.low) & low == 0
    }

    /// The ranges for documentation, multicast and discard, which are reserved on every network.
    static let always = [
        Reserved("0.0.0.0", 8), Reserved("192.0.2.0", 24), Reserved("198.51.100.0", 24), Reserved("203.0.113.0", 24),
        Reserved("224.0.0.0", 4), Reserved("240.0.0.0", 4), Reserved("100::", 64), Reserved("2001:db8::", 32),
        Reserved("ff00::", 8),
    ]
    /// The private ranges, which are reserved unless local peers are allowed.
    static let local = [
        Reserved("10.0.0.0", 8), Reserved("172.16.0.0", 12), Reserved("192.168.0.0", 16), Reserved("100.64.0.0", 10),
        Reserved("fc00::", 7),
    ]
}

/// Counts of endpoints by site and by subnetwork.
struct PrefixCounts: Sendable {
    private var sites: [Endpoint: Int] = [:]
    private var subnetworks: [Endpoint: Int] = [:]

    /// Returns the count at the site of this endpoint.
    func atSite(of e: Endpoint) -> Int { sites[e.site] ?? 0 }
    /// Returns the count in the subnetwork of this endpoint.
    func inSubnetwork(of e: Endpoint) -> Int { subnetworks[e.subnetwork] ?? 0 }
    mutating func add(_ e: Endpoint) {
        sites[e.site, default: 0] += 1
        subnetworks[e.subnetwork, default: 0] += 1
    }
    mutating func remove(_ e: Endpoint) {
        Self.lower(&sites, e.site)
        Self.lower(&subnetworks, e.subnetwork)
    }
    private static func lower(_ counts: inout [Endpoint: Int], _ key: Endpoint) {
        if let n = counts[key], n > 1 { counts[key] = n - 1 } else { counts[key] = nil }
    }
}
