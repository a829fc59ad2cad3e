/// The members of each network, in the order in which they joined.
struct Members: Sendable {
    private struct Network {
        struct Member {
            var peer: PeerID
            /// The number of its join, counted over all peers and networks.
            var joined: Int
        }
        /// The members; nil: one that left.
        var list: [Member?] = []
        var places: [PeerID: Int] = [:]
        /// The number of the network, in order of creation.
        var number: Int

        mutating func insert(_ peer: PeerID, _ joined: Int) {
            places[peer] = list.count
            list.append(Member(peer: peer, joined: joined))
        }
        mutating func remove(_ peer: PeerID) {
            guard let place = places.removeValue(forKey: peer) else { return }
            list[place] = nil
            guard list.count > 2 * places.count + 16 else { return }
            list.removeAll { $0 == nil }
            for (i, one) in list.enumerated() { if let one { places[one.peer] = i } }
        }
    }
    private var all: [NetworkName: Network] = [:]
    private var networks: [PeerID: Set<NetworkName>] = [:]
    private var next = 0
    /// The number of joins so far, counted over all peers and networks.
    private(set) var joins = 0

    /// The number of networks with members.
    var networkCount: Int { all.count }
    /// All networks, in order of creation.
    var names: [NetworkName] { all.sorted { $0.value.number < $1.value.number }.map(\.key) }
    /// Returns the number of networks of a peer.
    func networkCount(of peer: PeerID) -> Int { networks[peer]?.count ?? 0 }
    func contains(_ peer: PeerID, in network: NetworkName) -> Bool { networks[peer]?.contains(network) ?? false }
    /// Returns the networks of a peer.
    func networks(of peer: PeerID) -> Set<NetworkName> { networks[peer] ?? [] }

    mutating func insert(_ peer: PeerID, _ network: NetworkName) {
        guard networks[peer, default: []].insert(network).inserted else { return }
        if all[network] == nil {
            next += 1
            all[network] = Network(number: next)
        }
        joins += 1
        all[network]?.insert(peer, joins)
    }
    /// Removes a peer from all its networks.
    mutating func remove(_ peer: PeerID) {
        for network in networks.removeValue(forKey: peer) ?? [] { take(peer, network) }
    }
    /// Removes a peer from this network.
    mutating func remove(_ peer: PeerID, from network: NetworkName) {
        guard networks[peer]?.remove(network) != nil else { return }
        if networks[peer]?.isEmpty == true { networks[peer] = nil }
        take(peer, network)
    }
    private mutating func take(_ peer: PeerID, _ network: NetworkName) {
        all[network]?.remove(peer)
        if all[network]?.places.isEmpty == true { all[network] = nil }
    }
    /// Returns the members of a network except one, in order. `joins`: only the members among the first `joins` joins.
    func others(_ peer: PeerID, in network: NetworkName, joins: Int = .max) -> [PeerID] {
        (all[network]?.list ?? []).compactMap { one in
            guard let one, one.peer != peer, one.joined <= joins else { return nil }
            return one.peer
        }
    }
    /// Returns the number of members of a network.
    func count(in network: NetworkName) -> Int { all[network]?.places.count ?? 0 }
}
