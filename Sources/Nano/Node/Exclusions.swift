import Node

/// Addresses that were found out to be of another network, and how long they are refused (nano-node,
/// peer_exclusion.cpp).
struct Exclusions: Sendable {
    private struct Entry: Sendable {
        var score: Int
        var until: Instant
    }
    private var entries: [Endpoint: Entry] = [:]
    let period: Duration
    let capacity: Int
    /// From this score on an address is refused.
    static let threshold = 2

    init(period: Duration, capacity: Int) {
        self.period = period
        self.capacity = max(1, capacity)
    }
    var count: Int { entries.count }

    /// An address was found out once more. When there is no room, the one that would be free first makes it.
    mutating func add(_ peer: Endpoint, now: Instant) {
        let address = peer.withoutPort
        if entries[address] == nil, entries.count >= capacity { makeRoom(now) }
        var entry = entries[address] ?? Entry(score: 0, until: now)
        if entry.until <= now { entry.score = 0 }
        // Beyond this score the time means for ever anyway.
        entry.score = min(entry.score + 1, 1_000_000)
        entry.until = now + (entry.score > Self.threshold ? period * (2 * entry.score) : period)
        entries[address] = entry
    }
    /// Whether connections with this address are refused.
    func contains(_ peer: Endpoint, now: Instant) -> Bool {
        guard let entry = entries[peer.withoutPort] else { return false }
        return entry.score >= Self.threshold && now < entry.until
    }
    private mutating func makeRoom(_ now: Instant) {
        entries = entries.filter { now < $0.value.until }
        guard entries.count >= capacity else { return }
        let first = entries.min { ($0.value.until, $0.key) < ($1.value.until, $1.key) }
        if let first { entries[first.key] = nil }
    }
}
