public import Node

/// The peers that a node was configured to dial, and the times when it dials them again.
public struct Redials: Sendable {
    private struct Redial: Sendable {
        var peer: PeerID?
        var tries = 0
        var at: Instant?
    }
    /// The configured peers in order, with the peer id if it is known.
    public let configured: [(at: Endpoint, peer: PeerID?)]
    private var redials: [Endpoint: Redial] = [:]
    /// The maximum number of redials of a peer that cannot be reached. An established connection resets the count.
    static let limit = 8
    /// The delay after the first failure. Each further failure doubles it, up to `longest`.
    static let first = Duration.seconds(1)
    static let longest = Duration.seconds(16)

    /// Creates the redials of the peers in the options of a node.
    public init(_ options: NodeOptions) {
        configured = options.peers.enumerated().map { i, at in
            let named = options.targets.indices.contains(i) ? EndTarget(options.targets[i]).peer : nil
            let known = options.acquaintances.first { $0.endpoint == at }?.identity.flatMap { PeerID($0) }
            return (at, named ?? known)
        }
        for (at, peer) in configured { redials[at] = Redial(peer: peer) }
    }
    /// Handles an event of the host: resets the count of a peer that is connected, and schedules a redial if a connection
    /// ended or could not be made.
    public mutating func take(_ news: HostNews, _ now: Instant) {
        switch news {
        case .connected(_, let at, _):
            redials[at]?.tries = 0
            redials[at]?.at = nil
        case .disconnected(_, let at, by: .us), .unreachable(let at): failed(at, now)
        default: break
        }
    }
    private mutating func failed(_ endpoint: Endpoint, _ now: Instant) {
        guard let one = redials[endpoint], one.tries < Self.limit else { return }
        redials[endpoint]?.tries += 1
        redials[endpoint]?.at = now + min(Self.longest, Self.first * (1 << min(one.tries, 8)))
    }
    /// Returns the peers whose redial is due, sorted by endpoint, and ends their schedule.
    public mutating func due(_ now: Instant) -> [(Endpoint, PeerID?)] {
        let due = redials.filter { $0.value.at.map { $0 <= now } ?? false }.sorted { $0.key < $1.key }
        for (endpoint, _) in due { redials[endpoint]?.at = nil }
        return due.map { ($0.key, $0.value.peer) }
    }
    /// The time of the next redial.
    public var deadline: Instant? { redials.values.compactMap(\.at).min() }
}
