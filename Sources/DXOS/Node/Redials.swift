import Node

/// When those are dialed again whose connection ended or could not be made: after a while that doubles each time, until
/// one stands.
struct Redials: Sendable {
    private var all: [Endpoint: (at: Instant, delay: Duration)] = [:]
    let first: Duration
    /// The longest wait.
    static let longest = Duration.seconds(5)

    init(first: Duration) { self.first = first }
    /// When the next one is dialed.
    var deadline: Instant? { all.values.map(\.at).filter { $0 != .never }.min() }
    /// There is no connection.
    mutating func lost(_ peer: Endpoint, _ now: Instant) {
        let delay = all[peer].map { min($0.delay + $0.delay, Self.longest) } ?? first
        all[peer] = (now + delay, delay)
    }
    /// There is one.
    mutating func stands(_ peer: Endpoint) { all[peer] = nil }
    /// Nobody is dialed any more.
    mutating func stop() { all = [:] }
    /// Whom to dial now.
    mutating func due(_ now: Instant) -> [Endpoint] {
        let due = all.filter { $0.value.at <= now }.keys.sorted { "\($0)" < "\($1)" }
        for peer in due { all[peer]?.at = .never }
        return due
    }
}
