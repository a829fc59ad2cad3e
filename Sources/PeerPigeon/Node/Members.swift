/// Who is in which network, in the order in which they came in.
struct Members: Sendable {
    private var places: [NetworkName: [PeerID: Int]] = [:]
    private var order: [NetworkName: [Int: PeerID]] = [:]
    private var networks: [PeerID: Set<NetworkName>] = [:]
    private var created: [NetworkName: Int] = [:]
    private var next = 0

    /// Networks with members.
    var networkCount: Int { places.count }
    /// All networks, in the order in which they came to be.
    var all: [NetworkName] { created.sorted { $0.value < $1.value }.map(\.key) }

    mutating func insert(_ peer: PeerID, _ network: NetworkName) {
        guard places[network]?[peer] == nil else { return }
        next += 1
        if created[network] == nil { created[network] = next }
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
        if places[network]?.isEmpty == true { (places[network], order[network], created[network]) = (nil, nil, nil) }
    }
    /// Those of a network, in their order.
    func members(of network: NetworkName) -> [PeerID] {
        (order[network] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
    }
    /// The same but one.
    func others(_ peer: PeerID, in network: NetworkName) -> [PeerID] {
        members(of: network).filter { $0 != peer }
    }
}
