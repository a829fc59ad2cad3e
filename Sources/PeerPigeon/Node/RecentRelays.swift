import Node
import Wire

/// By what a relayed signal is known again.
struct RelayKey: Hashable, Sendable {
    var type: Value
    var sender: PeerID
    var target: Value
    var data: String
}

/// Signals that were relayed within the last while: each is relayed once.
struct RecentRelays: Sendable {
    private let window: Duration
    private var until: [RelayKey: Instant] = [:]
    private var order: [(at: Instant, key: RelayKey)] = []
    private var first = 0

    /// How many are remembered.
    var count: Int { until.count }
    init(window: Duration) { self.window = window }
    /// Whether a signal was relayed, or passed on to its target.
    func knows(_ key: RelayKey) -> Bool { until[key] != nil }
    /// Whether a signal is to be relayed; it is remembered from now on.
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
