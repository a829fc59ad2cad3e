internal import Libp2p
internal import Node

/// The listen addresses that the reference node announces.
enum AnnouncedAddresses {
    /// The number of private addresses of a node with many.
    static var many: Int { 40 }

    /// Returns the addresses for the options. A node with many has addresses that must not be sent, too: a public one,
    /// and one that is longer than a string.
    static func of(_ options: NodeOptions) -> [Multiaddr] {
        guard options.announced.isEmpty else { return options.announced.compactMap { Multiaddr($0) } }
        let own = options.listening.flatMap { $0.isUnspecified ? nil : $0 } ?? .loopback(0)
        var all = [Multiaddr(Endpoint(high: own.high, low: own.low, port: Responder.servicePort))]
        guard options.settings["addresses"] == "many" else { return all }
        all += (1..<many).compactMap { Multiaddr("/ip4/192.168.7.\($0)/tcp/4001") }
        let long = String(repeating: "x", count: 63)
        all += [
            "/ip4/203.0.113.9/tcp/4001", "/dns4/\(long).\(long).\(long).local/tcp/4001",
        ].compactMap { Multiaddr($0) }
        return all
    }
}
