import Node

/// Which streams take the messages to which peers.
struct Subscriptions: Sendable {
    private var all: [[UInt8]: Set<StreamID>] = [:]
    /// Peers whose last stream was lost, and until when they may come back.
    private var leaving: [[UInt8]: Instant] = [:]

    /// No peer has not come back before; nil: none is away.
    private(set) var deadline: Instant?
    /// A stream wants the messages to a peer. Whether none did before.
    mutating func add(_ stream: StreamID, _ peer: [UInt8]) -> Bool {
        let isFirst = all[peer] == nil && leaving[peer] == nil
        leaving[peer] = nil
        all[peer, default: []].insert(stream)
        return isFirst
    }
    /// It wants no more. Whether none does any more.
    mutating func remove(_ stream: StreamID, _ peer: [UInt8]) -> Bool {
        guard all[peer]?.remove(stream) != nil, all[peer]?.isEmpty ?? false else { return false }
        all[peer] = nil
        return true
    }
    /// Its connection is lost: its peer may come back in time.
    mutating func lose(_ stream: StreamID, _ peer: [UInt8], until: Instant) {
        guard remove(stream, peer) else { return }
        leaving[peer] = until
        deadline = min(deadline ?? .never, until)
    }
    /// Takes the peers that did not come back.
    mutating func expire(_ now: Instant) -> [[UInt8]] {
        guard let due = deadline, due <= now else { return [] }
        let ended = leaving.filter { $0.value <= now }.keys.sorted { $0.lexicographicallyPrecedes($1) }
        for peer in ended { leaving[peer] = nil }
        deadline = leaving.values.min()
        return ended
    }
    /// Those that take the messages to a peer, in order.
    func streams(of peer: [UInt8]) -> [StreamID] { (all[peer] ?? []).sorted() }
}
