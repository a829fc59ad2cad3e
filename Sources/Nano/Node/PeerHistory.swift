import Node

/// Peers that were connected and where they listen, for the time when they are gone (nano-node, peer_history.cpp).
///
/// nano-node keeps it on disk; this one lives as long as its node.
struct PeerHistory: Sendable {
    private var seen: [Endpoint: Instant] = [:]
    let lifetime: Duration
    let capacity: Int

    init(lifetime: Duration, capacity: Int) {
        self.lifetime = lifetime
        self.capacity = capacity
    }
    /// In order, so that one seed gives one history.
    var peers: [Endpoint] { seen.keys.sorted() }
    var count: Int { seen.count }

    /// A peer is connected now. Where there is no room, a new one is not taken before an old one is forgotten.
    mutating func note(_ peer: Endpoint, now: Instant) {
        if seen[peer] != nil || seen.count < capacity { seen[peer] = now }
    }
    /// Forgets those that were gone for too long.
    mutating func expire(_ now: Instant) {
        for (peer, at) in seen where at + lifetime <= now { seen[peer] = nil }
    }
}
