import Node

/// When those are dialed again whose connection ended or could not be made: after a while that doubles each time, until
/// one stands.
struct Redials: Sendable {
    private var all: [Endpoint: (at: Instant, delay: Duration)] = [:]
    private let first: Duration
    private let fault: Misbehaviour?

    init(first: Duration, fault: Misbehaviour? = nil) { (self.first, self.fault) = (first, fault) }
    /// When the next one is dialed.
    var deadline: Instant? { all.values.map(\.at).filter { $0 != .never }.min() }
    /// There is no connection.
    mutating func lost(_ peer: Endpoint, _ now: Instant) {
        guard fault != .neverReconnects else { return }
        let longest = fault == .delayNotLimited ? .seconds(3600) : Limits.reconnect
        let doubled = fault == .delayNotDoubled ? nil : all[peer].map { min($0.delay + $0.delay, longest) }
        let delay = fault == .reconnectsAtOnce ? .zero : doubled ?? first
        all[peer] = (now + delay, delay)
    }
    /// There is one.
    mutating func stands(_ peer: Endpoint) {
        if fault != .delayNotReset { all[peer] = nil }
    }
    /// Nobody is dialed any more.
    mutating func stop() { all = [:] }
    /// Whom to dial now.
    mutating func due(_ now: Instant) -> [Endpoint] {
        let due = all.filter { $0.value.at <= now }.keys.sorted { "\($0)" < "\($1)" }
        for peer in due { all[peer]?.at = .never }
        return due
    }
}
