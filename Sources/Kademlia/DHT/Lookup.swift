public import Libp2p

/// An iterative lookup of the peers that are nearest to a place, without I/O (libp2p specs, kad-dht, "Peer routing"). It
/// says which peers to ask, and learns further ones from the answers. It is over when the `count` nearest peers that do
/// not fail have answered, or when no other peer is known.
public struct Lookup: Sendable {
    private enum State { case known, asked, answered, failed }
    private struct Candidate: Sendable {
        var peer: PeerID
        var distance: KadID
        /// The number of answers that led to the peer.
        var depth: Int
        var state = State.known
    }
    /// The place that is looked up.
    public let place: KadID
    private let count: Int
    private let parallelism: Int
    /// Sorted by distance.
    private var candidates: [Candidate] = []
    private var heard: Set<PeerID>
    /// The number of requests without an answer.
    public private(set) var inFlight = 0
    /// The number of requests.
    public private(set) var requests = 0

    /// The maximum number of peers that a lookup learns.
    static let limit = 1024

    /// Creates a lookup from the peers that the table has. The peer `own` is never asked.
    public init(of place: KadID, from seeds: [PeerID], by own: PeerID, count: Int, parallelism: Int) {
        (self.place, self.count, self.parallelism) = (place, max(1, count), max(1, parallelism))
        heard = [own]
        for seed in seeds { learn(seed, depth: 0) }
    }
    private mutating func learn(_ peer: PeerID, depth: Int) {
        guard heard.count <= Self.limit, heard.insert(peer).inserted else { return }
        let distance = KadID(peer) ^ place
        var (low, high) = (0, candidates.count)
        while low < high {
            let middle = (low + high) / 2
            if candidates[middle].distance < distance { low = middle + 1 } else { high = middle }
        }
        candidates.insert(Candidate(peer: peer, distance: distance, depth: depth), at: low)
    }
    /// The indices of the nearest peers that did not fail.
    private var front: some Sequence<Int> {
        candidates.indices.lazy.filter { candidates[$0].state != .failed }.prefix(count)
    }
    /// Returns the next peer to ask, and counts it as asked; nil if none may be asked now.
    public mutating func next() -> PeerID? {
        guard inFlight < parallelism, let i = front.first(where: { candidates[$0].state == .known }) else { return nil }
        candidates[i].state = .asked
        inFlight += 1
        requests += 1
        return candidates[i].peer
    }
    /// Handles an answer with these peers.
    public mutating func answered(_ peer: PeerID, closer: [PeerID]) {
        guard let i = end(peer, as: .answered) else { return }
        let depth = candidates[i].depth + 1
        for peer in closer { learn(peer, depth: depth) }
    }
    /// Handles that a peer cannot be asked, or did not answer.
    public mutating func failed(_ peer: PeerID) { _ = end(peer, as: .failed) }
    private mutating func end(_ peer: PeerID, as state: State) -> Int? {
        guard let i = candidates.firstIndex(where: { $0.peer == peer && $0.state == .asked }) else { return nil }
        candidates[i].state = state
        inFlight -= 1
        return i
    }
    /// True if no further answer can change the result.
    public var isOver: Bool { front.allSatisfy { candidates[$0].state == .answered } }
    /// The nearest peers that answered, the nearest first, at most `count`.
    public var nearest: [PeerID] {
        candidates.lazy.filter { $0.state == .answered }.prefix(count).map(\.peer)
    }
    /// The number of answers that led to the nearest peer that answered; nil if none did.
    public var hops: Int? { candidates.first { $0.state == .answered }?.depth }
    /// True if this peer was learned.
    public func knows(_ peer: PeerID) -> Bool { heard.contains(peer) }
}
