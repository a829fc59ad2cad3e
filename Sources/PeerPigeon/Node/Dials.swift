import Node

/// The hubs to which a hub connects, with the times of further attempts.
struct Dials: Sendable {
    private struct Dial {
        /// The number of attempts after the first one.
        var count = 0
        /// The time of the next attempt; nil: an attempt is running, the connection is open, or the hub gave up.
        var at: Instant?
    }
    private var all: [Endpoint: Dial] = [:]
    /// The time from the end of a connection until the next attempt.
    let interval: Duration
    /// The maximum number of attempts after the first one.
    let most: Int
    /// True if the count starts again after a successful attempt.
    let resets: Bool

    init(interval: Duration, most: Int, resets: Bool) {
        (self.interval, self.most, self.resets) = (interval, most, resets)
    }
    var deadline: Instant? { all.values.compactMap(\.at).min() }

    mutating func begin(_ hub: Endpoint, _ now: Instant) { if all[hub] == nil { all[hub] = Dial(at: now) } }
    /// Returns the hubs to connect to now, in order.
    mutating func due(_ now: Instant) -> [Endpoint] {
        let due = all.filter { $0.value.at.map { $0 <= now } ?? false }.map(\.key).sorted()
        for hub in due { all[hub]?.at = nil }
        return due
    }
    /// Records that the hub has accepted the connection.
    mutating func succeeded(_ hub: Endpoint) { if resets { all[hub]?.count = 0 } }
    /// Returns true if there was an earlier attempt to connect to a hub.
    func isAgain(_ hub: Endpoint) -> Bool { all[hub].map { $0.count > 0 } ?? false }
    /// Handles that an attempt failed, or that its connection ended.
    mutating func failed(_ hub: Endpoint, _ now: Instant) {
        guard let dial = all[hub], dial.count < most else { return }
        all[hub] = Dial(count: dial.count + 1, at: now + interval)
    }
    mutating func stop() { all = [:] }
}
