import Libp2p
import Node

/// Peers that a node is told of, and when it dials them again.
struct Redials: Sendable {
    private struct Told: Sendable {
        var peer: PeerID?
        var tries = 0
        var at: Instant?
    }
    private var told: [Endpoint: Told] = [:]
    /// A peer that cannot be reached is dialed again so often; a connection that stood begins anew.
    static let limit = 8
    /// From the first failure until then; each further one doubles it, up to `longest`.
    static let first = Duration.seconds(1)
    static let longest = Duration.seconds(16)

    /// Peers that may be told; further ones are dialed once.
    static let toldLimit = 1024

    /// A peer that is dialed now.
    mutating func add(_ endpoint: Endpoint, _ peer: PeerID?) {
        guard told.count < Self.toldLimit || told[endpoint] != nil else { return }
        told[endpoint] = Told(peer: peer)
    }
    /// A connection stands.
    mutating func connected(_ endpoint: Endpoint) {
        told[endpoint]?.tries = 0
        told[endpoint]?.at = nil
    }
    /// It ended, or could not be made.
    mutating func failed(_ endpoint: Endpoint, _ now: Instant) {
        guard let one = told[endpoint], one.tries < Self.limit else { return }
        told[endpoint]?.tries += 1
        told[endpoint]?.at = now + min(Self.longest, Self.first * (1 << min(one.tries, 8)))
    }
    /// Those whose time has come, in order.
    mutating func due(_ now: Instant) -> [(Endpoint, PeerID?)] {
        let due = told.filter { $0.value.at.map { $0 <= now } ?? false }.sorted { $0.key < $1.key }
        for (endpoint, _) in due { told[endpoint]?.at = nil }
        return due.map { ($0.key, $0.value.peer) }
    }
    var deadline: Instant? { told.values.compactMap(\.at).min() }
}
