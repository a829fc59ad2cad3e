public import Libp2p

/// The addresses of peers, as they said in identify or as others said of them.
public struct PeerBook: Sendable {
    private var addresses: [PeerID: [Multiaddr]] = [:]
    /// The peers in the order in which they were added.
    private var order: [PeerID] = []
    private let limit: Int

    /// The maximum number of addresses of a peer.
    static let addressLimit = 16

    /// Creates an empty book of at most `limit` peers. Beyond the limit it forgets the earliest ones.
    public init(limit: Int) { self.limit = max(1, limit) }
    /// The addresses of a peer; empty if it is unknown.
    public subscript(peer: PeerID) -> [Multiaddr] { addresses[peer] ?? [] }
    /// Replaces the addresses of a peer by those that it said itself.
    public mutating func set(_ peer: PeerID, _ all: [Multiaddr]) {
        let valid = all.compactMap { $0.of(peer) }.prefix(Self.addressLimit)
        if addresses[peer] == nil { order.append(peer) }
        addresses[peer] = Array(valid)
        forget()
    }
    /// Adds the addresses that others said of a peer, unless some are known.
    public mutating func hear(of peer: PeerID, _ all: [Multiaddr]) {
        guard !all.isEmpty, addresses[peer]?.isEmpty ?? true else { return }
        set(peer, all)
    }
    private mutating func forget() {
        guard order.count > limit + limit / 8 else { return }
        for old in order.prefix(order.count - limit) { addresses[old] = nil }
        order.removeFirst(order.count - limit)
    }
}
