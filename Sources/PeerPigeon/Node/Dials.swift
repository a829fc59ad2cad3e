import Node

/// The hubs that a hub dials, and when it does so again.
struct Dials: Sendable {
    private struct Dial {
        /// How often it was dialed again.
        var count = 0
        /// When it is dialed; nil: it is under way, stands, or was given up.
        var at: Instant?
    }
    private var all: [Endpoint: Dial] = [:]
    /// From the end of a connection until the next dial.
    let interval: Duration
    /// How often a hub is dialed again.
    let most: Int
    /// Whether a dial that succeeded begins to count anew.
    let resets: Bool

    init(interval: Duration, most: Int, resets: Bool) {
        (self.interval, self.most, self.resets) = (interval, most, resets)
    }
    var deadline: Instant? { all.values.compactMap(\.at).min() }

    mutating func begin(_ hub: Endpoint, _ now: Instant) { if all[hub] == nil { all[hub] = Dial(at: now) } }
    /// Those to be dialed now, in order.
    mutating func due(_ now: Instant) -> [Endpoint] {
        let due = all.filter { $0.value.at.map { $0 <= now } ?? false }.map(\.key).sorted()
        for hub in due { all[hub]?.at = nil }
        return due
    }
    /// The hub has said that it accepts the connection.
    mutating func succeeded(_ hub: Endpoint) { if resets { all[hub]?.count = 0 } }
    /// Whether a hub was dialed before.
    func isAgain(_ hub: Endpoint) -> Bool { all[hub].map { $0.count > 0 } ?? false }
    /// A dial failed, or its connection ended.
    mutating func failed(_ hub: Endpoint, _ now: Instant) {
        guard let dial = all[hub], dial.count < most else { return }
        all[hub] = Dial(count: dial.count + 1, at: now + interval)
    }
    mutating func stop() { all = [:] }
}
