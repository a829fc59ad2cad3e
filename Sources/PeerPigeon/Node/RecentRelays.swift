import Node
import Wire

/// The key by which a relayed signal is recognized.
struct RelayKey: Hashable, Sendable {
    var type: Value
    var sender: PeerID
    var target: Value
    var data: String
}

/// The signals that were relayed within the window: each is relayed once.
struct RecentRelays: Sendable {
    private let window: Duration
    private var until: [RelayKey: Instant] = [:]
    private var order: [(at: Instant, key: RelayKey)] = []
    private var first = 0

    /// The number of remembered signals.
    var count: Int { until.count }
    init(window: Duration) { self.window = window }
    /// Returns true if a signal was relayed, or delivered to its target.
    func knows(_ key: RelayKey) -> Bool { until[key] != nil }
    /// Returns true if a signal must be relayed, and remembers it from now on.
    mutating func isNew(_ key: RelayKey, _ now: Instant) -> Bool {
        while first < order.count, order[first].at <= now {
            until[order[first].key] = nil
            first += 1
        }
        if first > 1024, first * 2 > order.count {
            order.removeFirst(first)
            first = 0
        }
        guard until[key] == nil, until.count < Limits.relays else { return false }
        until[key] = now + window
        order.append((now + window, key))
        return true
    }
}
