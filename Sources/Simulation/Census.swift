internal import Node

/// The nodes that the hubs of a mesh know, according to their own reports. All nodes are alive all the time.
struct Census {
    /// The identities by the numbers of nodes, hubs first.
    let identities: [[UInt8]]
    private let hubs: Int
    private let numbers: [[UInt8]: Int]
    /// The known nodes of each hub.
    private var known: [[Bool]]
    /// The number of known nodes, summed over all hubs.
    private(set) var count = 0
    /// The first time at which every hub knew every other node.
    private(set) var converged: Instant?
    /// The last time at which a hub learned, lost or moved a node.
    private(set) var lastNews = Instant.zero
    /// The number of known nodes over time, with at most one entry for each millisecond.
    private(set) var curve: [(time: Instant, count: Int)] = [(.zero, 0)]
    /// The number of live nodes that were considered dead, because they were silent for too long.
    private(set) var falseExpiries = 0
    /// The number of live nodes that were lost for another reason, such as lists that overtook each other.
    private(set) var otherLosses = 0

    init(_ identities: [[UInt8]], hubs: Int) {
        (self.identities, self.hubs) = (identities, hubs)
        numbers = Dictionary(identities.enumerated().map { ($1, $0) }) { first, _ in first }
        known = Array(repeating: Array(repeating: false, count: identities.count), count: hubs)
    }
    /// The number of known nodes if every hub knows every other node.
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
