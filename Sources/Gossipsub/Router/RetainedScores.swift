import Libp2p
import Node

/// What was counted of peers that are not connected: nobody gets rid of a bad score by coming again.
struct RetainedScores: Sendable {
    private var kept: [PeerID: (stats: PeerStats, until: Instant)] = [:]
    /// Peers that are kept at most.
    static let limit = 10_000

    mutating func keep(_ stats: PeerStats, of peer: PeerID, until: Instant, now: Instant) {
        if kept.count >= Self.limit { kept = kept.filter { $0.value.until > now } }
        guard kept.count < Self.limit else { return }
        kept[peer] = (stats, until)
    }
    /// What is kept of a peer that comes back.
    mutating func take(_ peer: PeerID, now: Instant) -> PeerStats? {
        guard let old = kept.removeValue(forKey: peer), old.until > now else { return nil }
        return old.stats
    }
    /// The same, of one that stays away.
    func stats(_ peer: PeerID) -> PeerStats? { kept[peer]?.stats }
}
