import Libp2p
import Node

/// The counters of peers that are not connected. They prevent a peer from clearing a bad score by reconnecting.
struct RetainedScores: Sendable {
    private var kept: [PeerID: (stats: PeerStats, until: Instant)] = [:]
    /// The maximum number of peers.
    static let limit = 10_000

    mutating func keep(_ stats: PeerStats, of peer: PeerID, until: Instant, now: Instant) {
        if kept.count >= Self.limit { kept = kept.filter { $0.value.until > now } }
        guard kept.count < Self.limit else { return }
        kept[peer] = (stats, until)
    }
    /// Removes and returns the counters of a peer that reconnects.
    mutating func take(_ peer: PeerID, now: Instant) -> PeerStats? {
        guard let old = kept.removeValue(forKey: peer), old.until > now else { return nil }
        return old.stats
    }
    /// Returns the counters of a peer that stays disconnected.
    func stats(_ peer: PeerID) -> PeerStats? { kept[peer]?.stats }
}
