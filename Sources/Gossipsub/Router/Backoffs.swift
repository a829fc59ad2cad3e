import Libp2p
import Node

/// For how long peers are not to be asked into a mesh, and may not ask. Outlives their connections.
struct Backoffs: Sendable {
    private var ends: [[UInt8]: [PeerID: Instant]] = [:]
    private var count = 0
    /// What is kept at most.
    static let limit = 100_000

    /// When it ends; nil: there is none.
    func end(_ peer: PeerID, _ topic: [UInt8]) -> Instant? { ends[topic]?[peer] }
    /// Begins, or lasts longer.
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
    /// Forgets those that ended before.
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
