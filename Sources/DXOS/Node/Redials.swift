import Node

/// The times at which a node connects again to peers whose connection ended or could not be opened. The delay doubles
/// each time, until a connection is open.
struct Redials: Sendable {
    private var all: [Endpoint: (at: Instant, delay: Duration)] = [:]
    private let first: Duration

    init(first: Duration) { self.first = first }
    /// The time of the next attempt.
    var deadline: Instant? { all.values.map(\.at).filter { $0 != .never }.min() }
    /// Returns the time of the next attempt for a peer; nil if none is scheduled, or if one runs.
    func next(_ peer: Endpoint) -> Instant? { all[peer].flatMap { $0.at == .never ? nil : $0.at } }
    /// Schedules an attempt, because there is no connection.
    mutating func lost(_ peer: Endpoint, _ now: Instant) {
        let delay = all[peer].map { min($0.delay + $0.delay, Limits.reconnect) } ?? first
        all[peer] = (now + delay, delay)
    }
    /// Clears the delay, because a connection is open.
    mutating func stands(_ peer: Endpoint) {
        all[peer] = nil
    }
    /// Cancels all attempts.
    mutating func stop() { all = [:] }
    /// Returns the peers to connect to now.
    mutating func due(_ now: Instant) -> [Endpoint] {
        let due = all.filter { $0.value.at <= now }.keys.sorted { "\($0)" < "\($1)" }
        for peer in due { all[peer]?.at = .never }
        return due
    }
}
