import Wire

/// The names of the discovery service in a network (libp2p specs, discovery/mdns.md, Definitions).
public struct ServiceNames: Hashable, Sendable {
    /// The name of the service: `_p2p._udp.local`, or `_p2p-<fingerprint>._udp.local` in a private network.
    public let service: DomainName
    /// The name under which all services of a network segment are listed (RFC 6763, section 9).
    public static let meta: DomainName = "_services._dns-sd._udp.local"
    /// The domain of host names.
    private static let hosts: DomainName = "p2p.local"

    /// Creates the names. `fingerprint` belongs to the pre-shared key of a private network, and is in base 16.
    public init(fingerprint: String? = nil) {
        service = ("_udp.local" as DomainName).prefixed(by: fingerprint.map { "_p2p-\($0)" } ?? "_p2p")
    }
    /// Returns the name of the instance of a peer.
    func instance(_ peerName: String) -> DomainName { service.prefixed(by: peerName) }
    /// Returns the name of the host of a peer.
    func host(_ peerName: String) -> DomainName { Self.hosts.prefixed(by: peerName) }

    /// Returns true if a name names the discovery service of any network.
    static func isDiscovery(_ name: DomainName) -> Bool {
        let labels = name.labels.map { String(decoding: DomainName.fold($0), as: UTF8.self) }
        guard labels.count == 3, labels[1] == "_udp", labels[2] == "local" else { return false }
        return labels[0] == "_p2p" || labels[0].hasPrefix("_p2p-")
    }
}
