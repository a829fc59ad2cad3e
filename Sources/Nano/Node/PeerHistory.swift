import Node

/// The listening endpoints of peers that were connected, to be contacted again (nano-node, peer_history.cpp).
///
/// nano-node keeps them on disk; here they are kept in memory.
struct PeerHistory: Sendable {
    private var seen: [Endpoint: Instant] = [:]
    let lifetime: Duration
    let capacity: Int

    init(lifetime: Duration, capacity: Int) {
        self.lifetime = lifetime
        self.capacity = capacity
    }
    /// The peers in a fixed order, so that a run with the same seed repeats.
    var peers: [Endpoint] { seen.keys.sorted() }
    var count: Int { seen.count }

    /// Stores a connected peer. A full history takes no new peer before an old one expires.
    mutating func note(_ peer: Endpoint, now: Instant) {
        if seen[peer] != nil || seen.count < capacity { seen[peer] = now }
    }
    /// Removes the peers that were last connected longer ago than `lifetime`.
    mutating func expire(_ now: Instant) {
        for (peer, at) in seen where at + lifetime <= now { seen[peer] = nil }
    }
}
