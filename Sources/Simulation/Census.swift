internal import Node

/// Which nodes the hubs of a mesh know, as they say it themselves. All nodes are alive all the time.
struct Census {
    /// By the numbers of nodes, hubs first.
    let identities: [[UInt8]]
    private let hubs: Int
    private let numbers: [[UInt8]: Int]
    /// For each hub, whom it knows.
    private var known: [[Bool]]
    /// How many that are, of all hubs together.
    private(set) var count = 0
    /// When every hub knew every other node for the first time.
    private(set) var converged: Instant?
    /// When a hub learned, lost or moved one the last time.
    private(set) var lastNews = Instant.zero
    /// How many were known when; at most one for each millisecond.
    private(set) var curve: [(time: Instant, count: Int)] = [(.zero, 0)]
    /// Nodes that were alive and were taken for dead, because they were not heard of for too long.
    private(set) var falseExpiries = 0
    /// Nodes that were alive and were lost for another reason, such as lists that overtook one another.
    private(set) var otherLosses = 0

    init(_ identities: [[UInt8]], hubs: Int) {
        (self.identities, self.hubs) = (identities, hubs)
        numbers = Dictionary(identities.enumerated().map { ($1, $0) }) { first, _ in first }
        known = Array(repeating: Array(repeating: false, count: identities.count), count: hubs)
    }
    /// How many are known when every hub knows every other node.
    var wanted: Int { hubs * max(0, identities.count - 1) }

    mutating func take(_ news: MeshNews, of node: Int, _ now: Instant) {
        switch news {
        case .learned(let id): set(id, of: node, true, now)
        case .moved: if node < hubs { lastNews = now }
        case .lost(let id, let isExpired):
            guard numbers[id] != nil else { return }
            if isExpired { falseExpiries += 1 } else { otherLosses += 1 }
            set(id, of: node, false, now)
        }
    }
    private mutating func set(_ id: [UInt8], of node: Int, _ isKnown: Bool, _ now: Instant) {
        guard known.indices.contains(node), let i = numbers[id], i != node, known[node][i] != isKnown else { return }
        known[node][i] = isKnown
        count += isKnown ? 1 : -1
        lastNews = now
        if count == wanted, converged == nil { converged = now }
        let bucket = curve[curve.count - 1].time.nanoseconds / 1_000_000
        if now.nanoseconds / 1_000_000 > bucket {
            curve.append((now, count))
        } else {
            curve[curve.count - 1].count = count
        }
    }
}
