import Node

/// The addresses of nodes that proved to be of another network, and the times until which they are refused (nano-node,
/// peer_exclusion.cpp).
struct Exclusions: Sendable {
    private struct Entry: Sendable {
        var score: Int
        var until: Instant
    }
    private var entries: [Endpoint: Entry] = [:]
    let period: Duration
    let capacity: Int
    /// The score from which on an address is refused.
    static let threshold = 2

    init(period: Duration, capacity: Int) {
        self.period = period
        self.capacity = max(1, capacity)
    }
    var count: Int { entries.count }

    /// Raises the score of an address. If the list is full, the entry that expires first is evicted.
    mutating func add(_ peer: Endpoint, now: Instant) {
        let address = peer.withoutPort
        if entries[address] == nil, entries.count >= capacity { evict(now) }
        var entry = entries[address] ?? Entry(score: 0, until: now)
        // An address that was refused long enough begins anew when it connects again. A first offence is never forgotten.
        if entry.until <= now, entry.score >= Self.threshold { entry.score = 0 }
        // The period of this score is already centuries long. A higher score would eventually overflow.
        entry.score = min(entry.score + 1, 1_000_000)
        entry.until = now + (entry.score > Self.threshold ? period * (2 * entry.score) : period)
        entries[address] = entry
    }
    /// Returns true if connections with this address are refused.
    func contains(_ peer: Endpoint, now: Instant) -> Bool {
        guard let entry = entries[peer.withoutPort] else { return false }
        return entry.score >= Self.threshold && now < entry.until
    }
    private mutating func evict(_ now: Instant) {
        entries = entries.filter { now < $0.value.until }
        guard entries.count >= capacity else { return }
        let first = entries.min { ($0.value.until, $0.key) < ($1.value.until, $1.key) }
        if let first { entries[first.key] = nil }
    }
}
