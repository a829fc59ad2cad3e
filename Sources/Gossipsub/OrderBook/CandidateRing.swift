import Libp2p
import Node

/// The peers that can be asked for snapshots of a market, in an order by chance, and whose turn it is: each further
/// snapshot goes on where the last one ended.
struct CandidateRing: Sendable {
    private(set) var peers: [PeerID] = []
    /// Whose turn it is.
    private var next = 0

    /// These are there now. A new one is put in at a place by chance; the others stay where they are.
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
    /// The first one is next.
    mutating func restart() { next = 0 }
    /// The next one that fits, whose turn is then over; nil: none does.
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
