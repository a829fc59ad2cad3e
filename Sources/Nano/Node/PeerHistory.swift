import Node
import Wire

/// The listening endpoints of peers that were connected, each with the date at which it was last connected. The node
/// contacts them again, also after a restart (nano-node, peer_history.cpp; before V26 `store_all` in transport/tcp.cpp).
struct PeerHistory: Sendable {
    /// The dates in milliseconds since 1970, as in the store of nano-node.
    private var seen: [Endpoint: Int64] = [:]
    let lifetime: Duration
    let capacity: Int
    /// The date of `Instant.zero`, in milliseconds since 1970.
    let beginning: Int64

    init(lifetime: Duration, capacity: Int, beginning: Int64 = 0) {
        self.lifetime = lifetime
        self.capacity = capacity
        self.beginning = beginning
    }
    /// The peers in the order in which nano-node reads its store: by address, then by port.
    var peers: [Endpoint] { seen.keys.sorted() }
    var count: Int { seen.count }

    /// Stores a connected peer. A full history takes no new peer before an old one expires.
    mutating func note(_ peer: Endpoint, now: Instant) { add(peer, date(now)) }
    private mutating func add(_ peer: Endpoint, _ date: Int64) {
        if seen[peer] != nil || seen.count < capacity { seen[peer] = date }
    }
    /// Removes the peers that were last connected longer ago than `lifetime`, and those with a date in the future.
    mutating func expire(_ now: Instant) {
        let date = date(now)
        let oldest = date - lifetime.nanoseconds / 1_000_000
        seen = seen.filter { oldest < $0.value && $0.value <= date }
    }
    mutating func removeAll() { seen = [:] }
    /// Gives all peers the present date.
    mutating func renew(_ now: Instant) { seen = seen.mapValues { _ in date(now) } }
    private func date(_ now: Instant) -> Int64 { beginning &+ now.nanoseconds / 1_000_000 }

    /// The list of peers and dates in the form in which it is kept over a restart.
    var value: Value {
        .list(peers.map { ["peer": .text($0.description), "seen": Value(seen[$0] ?? 0)] })
    }
    /// Adds the peers of a list that an earlier run kept. It may come from a file, so malformed entries are ignored.
    mutating func add(stored list: Value?) {
        guard case .list(let items)? = list else { return }
        for item in items {
            guard case .text(let text)? = item["peer"], let peer = Endpoint(text),
                let date = item["seen"]?.signedInteger
            else { continue }
            add(peer, date)
        }
    }
}
