import Node

/// The streams that receive the messages to each peer.
struct Subscriptions: Sendable {
    private var all: [[UInt8]: Set<StreamID>] = [:]
    /// The peers whose last stream was lost, with the end of their grace period.
    private var leaving: [[UInt8]: Instant] = [:]

    /// The earliest possible end of a grace period; nil: no grace period runs.
    private(set) var deadline: Instant?
    /// Adds a stream for the messages to a peer. Returns true if the peer had no stream and no grace period.
    mutating func add(_ stream: StreamID, _ peer: [UInt8]) -> Bool {
        let isFirst = all[peer] == nil && leaving[peer] == nil
        leaving[peer] = nil
        all[peer, default: []].insert(stream)
        return isFirst
    }
    /// Removes a stream. Returns true if the peer has no other stream.
    mutating func remove(_ stream: StreamID, _ peer: [UInt8]) -> Bool {
        guard all[peer]?.remove(stream) != nil, all[peer]?.isEmpty ?? false else { return false }
        all[peer] = nil
        return true
    }
    /// Removes a stream whose connection is lost. The peer may come back before `until`.
    mutating func lose(_ stream: StreamID, _ peer: [UInt8], until: Instant) {
        guard remove(stream, peer) else { return }
        leaving[peer] = until
        deadline = min(deadline ?? .never, until)
    }
    /// Removes and returns the peers that did not come back.
    mutating func expire(_ now: Instant) -> [[UInt8]] {
        guard let due = deadline, due <= now else { return [] }
        let ended = leaving.filter { $0.value <= now }.keys.sorted { $0.lexicographicallyPrecedes($1) }
        for peer in ended { leaving[peer] = nil }
        deadline = leaving.values.min()
        return ended
    }
    /// The peers in order, each with its number of streams, and the end of its grace period if it has no stream.
    var peers: [(peer: [UInt8], streams: Int, ends: Instant?)] {
        (all.map { ($0.key, $0.value.count, nil) } + leaving.map { ($0.key, 0, $0.value) })
            .sorted { $0.0.lexicographicallyPrecedes($1.0) }
    }
    /// Returns the streams that receive the messages to a peer, in order.
    func streams(of peer: [UInt8]) -> [StreamID] { (all[peer] ?? []).sorted() }
}
