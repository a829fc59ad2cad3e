internal import Capture
internal import Node

/// The traffic that each endpoint sent and received. The number of endpoints is limited. Beyond the limit, the less
/// active half is combined.
struct PeerCounts: Sendable {
    /// One endpoint, or several endpoints together.
    struct Peer: Hashable, Sendable {
        var sent = 0
        var sentBytes = 0
        var received = 0
        var receivedBytes = 0
        var bytes: Int { sentBytes &+ receivedBytes }
        mutating func add(_ other: Peer) {
            sent &+= other.sent
            sentBytes &+= other.sentBytes
            received &+= other.received
            receivedBytes &+= other.receivedBytes
        }
    }
    /// The maximum number of endpoints with separate counts.
    static let limit = 8192

    private var ends: [(end: Endpoint, peer: Peer)] = []
    private var indices: [Endpoint: Int] = [:]
    /// The counts of the combined endpoints. `otherCount` is the number of these endpoints.
    private(set) var others = Peer()
    private(set) var otherCount = 0

    /// The indices of two ends, valid until endpoints are combined.
    struct Pair: Sendable {
        var source: Int
        var destination: Int
    }
    /// True if the number of endpoints exceeds the limit.
    var isFull: Bool { ends.count > Self.limit }

    /// Returns the indices of two ends, which are added if they are new.
    mutating func pair(_ source: Endpoint, _ destination: Endpoint) -> Pair {
        Pair(source: index(of: source), destination: index(of: destination))
    }
    /// Counts messages.
    mutating func count(_ records: Int, _ bytes: Int, _ pair: Pair) {
        ends[pair.source].peer.add(Peer(sent: records, sentBytes: bytes))
        ends[pair.destination].peer.add(Peer(received: records, receivedBytes: bytes))
    }
    private mutating func index(of end: Endpoint) -> Int {
        if let known = indices[end] { return known }
        indices[end] = ends.count
        ends.append((end, Peer()))
        return ends.count &- 1
    }
    /// Adds the counts of another part. The result is exact if the total number of ends does not exceed the limit.
    mutating func merge(_ other: PeerCounts) {
        for (end, peer) in other.ends { ends[index(of: end)].peer.add(peer) }
        others.add(other.others)
        otherCount &+= other.otherCount
        while isFull { putTogether() }
    }
    /// Restores the counts from their written form.
    init(_ ends: [(end: Endpoint, peer: Peer)], others: Peer, otherCount: Int) {
        for (end, peer) in ends { self.ends[index(of: end)].peer.add(peer) }
        (self.others, self.otherCount) = (others, otherCount)
    }
    init() {}
    /// Combines the less active half to make room for other endpoints.
    mutating func putTogether() {
        let all = sorted
        let kept = all.count &- all.count / 2
        for (_, peer) in all[kept...] {
            otherCount &+= 1
            others.add(peer)
        }
        ends = all[..<kept].map { ($0.key, $0.value) }
        indices = Dictionary(uniqueKeysWithValues: ends.indices.map { (ends[$0].end, $0) })
    }
    /// The ends by bytes, in descending order.
    var sorted: [(key: Endpoint, value: Peer)] {
        ends.map { (key: $0.end, value: $0.peer) }.sorted { ($1.value.bytes, $0.key) < ($0.value.bytes, $1.key) }
    }
}
