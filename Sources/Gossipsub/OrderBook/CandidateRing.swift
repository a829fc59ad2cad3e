import Libp2p
import Node

/// The peers that can be asked for snapshots of a market, in random order, with the peer whose turn it is. Each
/// snapshot continues where the last one ended.
struct CandidateRing: Sendable {
    private(set) var peers: [PeerID] = []
    /// The index of the peer whose turn it is.
    private var next = 0

    /// Replaces the peers. A new peer is inserted at a random place; the order of the others does not change.
    mutating func update(_ now: [PeerID], _ random: inout Random) {
        let known = Set(now)
        for i in peers.indices.reversed() where !known.contains(peers[i]) {
            peers.remove(at: i)
            if i < next { next -= 1 }
        }
        let old = Set(peers)
        for peer in now where !old.contains(peer) {
            let place = Int(random.next() % UInt64(peers.count + 1))
            peers.insert(peer, at: place)
            if place < next { next += 1 }
        }
        if next >= peers.count { next = 0 }
    }
    /// Makes it the first peer's turn.
    mutating func restart() { next = 0 }
    /// Returns the next peer that fits and ends its turn; nil if no peer fits.
    mutating func take(where fits: (PeerID) -> Bool) -> PeerID? {
        for step in peers.indices {
            let i = (next + step) % peers.count
            guard fits(peers[i]) else { continue }
            next = (i + 1) % peers.count
            return peers[i]
        }
        return nil
    }
}
