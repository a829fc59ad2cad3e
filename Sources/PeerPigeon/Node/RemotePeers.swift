import Node

/// The peers of other hubs, as these hubs reported them.
struct RemotePeers: Sendable {
    struct Known: Sendable {
        var announced: Announced
        var heardAt: Instant
        /// The hub that reported it.
        var hub: Source
    }
    /// A hub that reports its peers.
    enum Source: Hashable, Sendable {
        /// A hub at this address, to which this hub connected.
        case dialed(Endpoint)
        /// A hub with this id, which connected to this hub.
        case dialer(PeerID)
    }
    private var all: [NetworkName: [PeerID: Known]] = [:]
    private(set) var count = 0
    /// The number of bytes of their announced data.
    private(set) var memory = 0

    /// Keeps a peer, unless there are too many.
    mutating func insert(_ peer: PeerID, _ network: NetworkName, _ known: Known) {
        remove(peer, network)
        guard count < Limits.remotePeers else { return }
        all[network, default: [:]][peer] = known
        (count, memory) = (count + 1, memory + known.announced.memory)
    }
    mutating func remove(_ peer: PeerID, _ network: NetworkName) {
        guard let known = all[network]?.removeValue(forKey: peer) else { return }
        (count, memory) = (count - 1, memory - known.announced.memory)
        if all[network]?.isEmpty == true { all[network] = nil }
    }
    /// Removes all peers that this hub reported, and returns them in a fixed order.
    mutating func remove(of hub: Source) -> [(id: PeerID, network: NetworkName)] {
        var gone: [(id: PeerID, network: NetworkName)] = []
        for (network, known) in all.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            for peer in known.filter({ $0.value.hub == hub }).keys.sorted() {
                remove(peer, network)
                gone.append((peer, network))
            }
        }
        return gone
    }
    /// Returns the peers of a network, in the order of their ids.
    func peers(in network: NetworkName) -> [(id: PeerID, known: Known)] {
        (all[network] ?? [:]).sorted { $0.key < $1.key }.map { (id: $0.key, known: $0.value) }
    }
}
