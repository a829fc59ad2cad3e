import Node

/// The times at which a client connects again. The delay doubles each time, until a connection is open.
struct ClientRedials: Sendable {
    private struct Wait {
        /// The time of the next attempt; nil: an attempt is running, or the connection is open.
        var at: Instant?
        var count: Int
    }
    /// The first delay.
    static let first = Duration.seconds(1)
    private static let longest = Duration.seconds(30)
    /// The number of attempts after which the client waits longer. It then starts again from half that number.
    private static let attempts = 10
    private static let rest = Duration.seconds(60)
    private var all: [Endpoint: Wait] = [:]
    private let bug: Misbehaviour?

    init(_ bug: Misbehaviour?) { self.bug = bug }
    var deadline: Instant? { all.values.compactMap(\.at).min() }
    /// Returns true if a connection to a hub ended before.
    func isAgain(_ hub: Endpoint) -> Bool { all[hub] != nil }

    /// Schedules an attempt, because there is no connection.
    mutating func lost(_ hub: Endpoint, _ now: Instant) {
        if bug == .clientNeverReconnects { return }
        var count = (all[hub]?.count ?? 0) + 1
        var delay = Duration.zero
        if count > Self.attempts {
            delay = Self.rest
            count = Self.attempts / 2 + 1
        }
        let doublings = bug == .clientDelayNotDoubled ? 0 : count - 1
        delay = delay + min(Self.longest, Self.first * (1 << doublings))
        all[hub] = Wait(at: bug == .clientReconnectsAtOnce ? now : now + delay, count: count)
    }
    /// Clears the delay, because a connection is open.
    mutating func stands(_ hub: Endpoint) {
        // A later loss counts as the first one again.
        if all[hub] != nil { all[hub] = Wait(at: nil, count: bug == .clientDelayNotReset ? all[hub]?.count ?? 0 : 0) }
    }
    mutating func stop() { all = [:] }
    /// Returns the hubs to connect to now.
    mutating func due(_ now: Instant) -> [Endpoint] {
        let due = all.filter { $0.value.at.map { $0 <= now } ?? false }.keys.sorted()
        for hub in due { all[hub]?.at = nil }
        return due
    }
}
