public import Node

/// The peers that a node was given to dial, and the times when it dials them again.
public struct Redials: Sendable {
    private struct Told: Sendable {
        var peer: PeerID?
        var tries = 0
        var at: Instant?
    }
    private var told: [Endpoint: Told] = [:]
    /// The maximum number of redials of a peer that cannot be reached. An established connection resets the count.
    static let limit = 8
    /// The delay after the first failure. Each further failure doubles it, up to `longest`.
    static let first = Duration.seconds(1)
    static let longest = Duration.seconds(16)

    public init() {}
    /// The maximum number of peers. Further peers are dialed once.
    static let toldLimit = 1024

    /// Adds a peer that is dialed now.
    public mutating func add(_ endpoint: Endpoint, _ peer: PeerID?) {
        guard told.count < Self.toldLimit || told[endpoint] != nil else { return }
        told[endpoint] = Told(peer: peer)
    }
    /// Resets the count of a peer, because it is connected.
    public mutating func connected(_ endpoint: Endpoint) {
        told[endpoint]?.tries = 0
        told[endpoint]?.at = nil
    }
    /// Schedules a redial, because a connection ended or could not be made.
    public mutating func failed(_ endpoint: Endpoint, _ now: Instant) {
        guard let one = told[endpoint], one.tries < Self.limit else { return }
        told[endpoint]?.tries += 1
        told[endpoint]?.at = now + min(Self.longest, Self.first * (1 << min(one.tries, 8)))
    }
    /// Returns the peers whose redial is due, sorted by endpoint, and ends their schedule.
    public mutating func due(_ now: Instant) -> [(Endpoint, PeerID?)] {
        let due = told.filter { $0.value.at.map { $0 <= now } ?? false }.sorted { $0.key < $1.key }
        for (endpoint, _) in due { told[endpoint]?.at = nil }
        return due.map { ($0.key, $0.value.peer) }
    }
    /// The time of the next redial.
    public var deadline: Instant? { told.values.compactMap(\.at).min() }
}
