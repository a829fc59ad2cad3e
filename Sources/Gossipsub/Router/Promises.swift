import Libp2p
import Node

/// Messages that peers offered and that this node requested, one for each IHAVE (gossipsub 1.1, broken promises).
struct Promises: Sendable {
    private var open: [[UInt8]: [PeerID: Instant]] = [:]
    /// The maximum number of ids.
    static let limit = 10_000

    var isEmpty: Bool { open.isEmpty }

    mutating func add(_ id: [UInt8], by peer: PeerID, until: Instant) {
        guard open.count < Self.limit || open[id] != nil else { return }
        if open[id]?[peer] == nil { open[id, default: [:]][peer] = until }
    }
    /// Notes that the message arrived, no matter from which peer.
    mutating func keep(_ id: [UInt8]) { if !open.isEmpty { open[id] = nil } }
    /// Returns the number of promises that each peer has broken by now, and forgets them.
    mutating func broken(now: Instant) -> [PeerID: Int] {
        guard !open.isEmpty else { return [:] }
        var out: [PeerID: Int] = [:]
        for (id, peers) in open {
            let late = peers.filter { $0.value <= now }
            guard !late.isEmpty else { continue }
            for peer in late.keys {
                out[peer, default: 0] += 1
                open[id]?[peer] = nil
            }
            if open[id]?.isEmpty == true { open[id] = nil }
        }
        return out
    }
}
