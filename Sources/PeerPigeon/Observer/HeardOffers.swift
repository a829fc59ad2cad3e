import Node

/// The offers of a capture that no answer followed. An offer and its answer may take any path through hubs, so their two
/// ids identify them.
struct HeardOffers {
    private struct Pair: Hashable {
        var sender: String
        var target: String
    }
    /// The first offer of each pair without an answer.
    private var all: [Pair: HeardMessage] = [:]
    /// The pairs with an answer.
    private var answered: Set<Pair> = []
    /// The last time at which a connection of a peer ended.
    private var ends: [String: Instant] = [:]
    private let limit: Int
    /// The time that a client waits for an answer (PeerConnection.js).
    static let patience = Duration.seconds(10)

    init(limit: Int) { self.limit = limit }

    mutating func offer(from sender: String, to target: String, _ message: HeardMessage) {
        let pair = Pair(sender: sender, target: target)
        guard sender != target, all[pair] == nil, !answered.contains(pair), all.count < limit else { return }
        all[pair] = message
    }
    mutating func answer(from sender: String, to target: String) {
        let pair = Pair(sender: target, target: sender)
        all[pair] = nil
        if answered.count < limit { answered.insert(pair) }
    }
    mutating func end(of peer: String, _ now: Instant) {
        if ends.count < limit || ends[peer] != nil { ends[peer] = now }
    }
    /// Returns the offers that stayed without an answer for longer than a client waits, in order. Both peers
    /// stayed connected meanwhile.
    func unanswered(_ now: Instant) -> [HeardMessage] {
        func stayed(_ peer: String, since time: Instant) -> Bool {
            ends[peer].map { $0 < time || $0 - time >= Self.patience } ?? true
        }
        return all.filter { pair, message in
            now - message.time >= Self.patience && stayed(pair.sender, since: message.time)
                && stayed(pair.target, since: message.time)
        }.values.sorted { $0.record < $1.record }
    }
}
