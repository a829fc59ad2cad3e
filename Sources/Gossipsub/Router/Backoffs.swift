import Libp2p
import Node

/// The times during which this node and a peer must not send GRAFT to each other for a topic. They outlive connections.
struct Backoffs: Sendable {
    private var ends: [[UInt8]: [PeerID: Instant]] = [:]
    private var count = 0
    /// The maximum number of backoffs.
    static let limit = 100_000

    /// Returns the end of a backoff; nil if there is no backoff.
    func end(_ peer: PeerID, _ topic: [UInt8]) -> Instant? { ends[topic]?[peer] }
    /// Begins a backoff, or extends it.
    mutating func set(_ peer: PeerID, _ topic: [UInt8], until: Instant, now: Instant) {
        if let old = ends[topic]?[peer] {
            if old < until { ends[topic]?[peer] = until }
            return
        }
        if count >= Self.limit { forget(before: now) }
        guard count < Self.limit else { return }
        ends[topic, default: [:]][peer] = until
        count += 1
    }
    /// Forgets the backoffs that ended before `now`.
    mutating func forget(before now: Instant) {
        guard count > 0 else { return }
        for topic in ends.keys {
            guard var own = ends[topic] else { continue }
            let before = own.count
            own = own.filter { $0.value >= now }
            count -= before - own.count
            ends[topic] = own.isEmpty ? nil : own
        }
    }
}
