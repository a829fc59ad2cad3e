/// Who is in which network, in the order in which they came in.
struct Members: Sendable {
    private var places: [NetworkName: [PeerID: Int]] = [:]
    private var order: [NetworkName: [Int: PeerID]] = [:]
    private var networks: [PeerID: Set<NetworkName>] = [:]
    private var next = 0

    /// Networks with members.
    var networkCount: Int { places.count }
    /// All networks, in no order.
    var all: [NetworkName] { Array(places.keys) }

    mutating func insert(_ peer: PeerID, _ network: NetworkName) {
        guard places[network]?[peer] == nil else { return }
        next += 1
        places[network, default: [:]][peer] = next
        order[network, default: [:]][next] = peer
        networks[peer, default: []].insert(network)
    }
    /// Takes a peer out of all its networks.
    mutating func remove(_ peer: PeerID) {
        for network in networks.removeValue(forKey: peer) ?? [] { take(peer, network) }
    }
    /// Takes a peer out of all its networks but one.
    mutating func remove(_ peer: PeerID, butOf kept: NetworkName) {
        for network in networks[peer] ?? [] where network != kept {
            take(peer, network)
            networks[peer]?.remove(network)
        }
    }
    private mutating func take(_ peer: PeerID, _ network: NetworkName) {
        if let place = places[network]?.removeValue(forKey: peer) { order[network]?[place] = nil }
        if places[network]?.isEmpty == true { (places[network], order[network]) = (nil, nil) }
    }
    /// Those of a network but one, in their order.
    func others(_ peer: PeerID, in network: NetworkName) -> [PeerID] {
        (order[network] ?? [:]).sorted { $0.key < $1.key }.map(\.value).filter { $0 != peer }
    }
}
