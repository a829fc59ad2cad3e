public import Libp2p

/// The addresses of peers, as they said in identify or as others said of them.
public struct PeerBook: Sendable {
    private struct Known {
        var addresses: [Multiaddr]
        /// The entry of an answer with all addresses, so that it is not made for each answer.
        var entry: KadPeer
    }
    private var known: [PeerID: Known] = [:]
    /// The peers in the order in which they were added.
    private var order: [PeerID] = []
    private let limit: Int

    /// The maximum number of addresses of a peer.
    static let addressLimit = 16

    /// Creates an empty book. `limit`: the number of peers to which `forget` reduces it.
    public init(limit: Int) { self.limit = max(1, limit) }
    /// The addresses of a peer; empty if it is unknown.
    public subscript(peer: PeerID) -> [Multiaddr] { known[peer]?.addresses ?? [] }
    /// Returns the entry of an answer for a peer; nil if no address is known.
    func entry(_ peer: PeerID) -> KadPeer? { known[peer].flatMap { $0.addresses.isEmpty ? nil : $0.entry } }
    /// Replaces the addresses of a peer by those that it said itself.
    public mutating func set(_ peer: PeerID, _ all: [Multiaddr]) {
        let valid = all.compactMap { $0.of(peer) }.prefix(Self.addressLimit)
        if known[peer] == nil { order.append(peer) }
        known[peer] = Known(addresses: Array(valid), entry: KadPeer(peer, Array(valid), isConnected: false))
    }
    /// Adds the addresses that others said of a peer, unless some are known.
    public mutating func hear(of peer: PeerID, _ all: [Multiaddr]) {
        guard !all.isEmpty, known[peer]?.addresses.isEmpty ?? true else { return }
        set(peer, all)
    }
    /// Forgets the earliest peers beyond the limit, once an eighth more is known, but none that `isKept` accepts.
    mutating func forget(except isKept: (PeerID) -> Bool) {
        guard order.count > limit + limit / 8 else { return }
        var excess = order.count - limit
        var rest: [PeerID] = []
        for peer in order {
            if excess > 0, !isKept(peer) {
                known[peer] = nil
                excess -= 1
            } else {
                rest.append(peer)
            }
        }
        order = rest
    }
}
