import Node

/// When a client connects again: after a while that doubles each time, until a connection stands.
struct ClientRedials: Sendable {
    private struct Wait {
        /// Nil: it is dialed.
        var at: Instant?
        var count: Int
    }
    /// The first wait.
    static let first = Duration.seconds(1)
    private static let longest = Duration.seconds(30)
    /// After so many attempts it waits longer, and begins again from half of them.
    private static let attempts = 10
    private static let rest = Duration.seconds(60)
    private var all: [Endpoint: Wait] = [:]
    private let bug: Misbehaviour?

    init(_ bug: Misbehaviour?) { self.bug = bug }
    var deadline: Instant? { all.values.compactMap(\.at).min() }
    /// Whether a connection to a hub ended before.
    func isAgain(_ hub: Endpoint) -> Bool { all[hub] != nil }

    /// There is no connection.
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
    /// There is one.
    mutating func stands(_ hub: Endpoint) {
        // A later loss is a first one again.
        if all[hub] != nil { all[hub] = Wait(at: nil, count: bug == .clientDelayNotReset ? all[hub]?.count ?? 0 : 0) }
    }
    mutating func stop() { all = [:] }
    /// Whom to dial now.
    mutating func due(_ now: Instant) -> [Endpoint] {
        let due = all.filter { $0.value.at.map { $0 <= now } ?? false }.keys.sorted()
        for hub in due { all[hub]?.at = nil }
        return due
    }
}
