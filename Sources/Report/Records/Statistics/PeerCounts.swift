internal import Capture
internal import Node

/// What each endpoint sent and received. The number of endpoints is bounded: beyond, the quieter half is put together.
struct PeerCounts: Sendable {
    /// One end, or several together.
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
    /// Endpoints that are counted by themselves.
    static let limit = 8192

    private var ends: [(end: Endpoint, peer: Peer)] = []
    private var indices: [Endpoint: Int] = [:]
    /// What the ends that are not counted by themselves said; how many they were.
    private(set) var others = Peer()
    private(set) var otherCount = 0

    /// Where two ends stand, until some are put together.
    struct Pair: Sendable {
        var source: Int
        var destination: Int
    }
    /// More ends are counted by themselves than may be.
    var isFull: Bool { ends.count > Self.limit }

    /// Where two ends stand, which may be new.
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
    /// Adds what was counted elsewhere. Exact as long as no more ends than the limit are known in all.
    mutating func merge(_ other: PeerCounts) {
        for (end, peer) in other.ends { ends[index(of: end)].peer.add(peer) }
        others.add(other.others)
        otherCount &+= other.otherCount
        while isFull { putTogether() }
    }
    /// As it was when it was written.
    init(_ ends: [(end: Endpoint, peer: Peer)], others: Peer, otherCount: Int) {
        for (end, peer) in ends { self.ends[index(of: end)].peer.add(peer) }
        (self.others, self.otherCount) = (others, otherCount)
    }
    init() {}
    /// Makes room for others: the quieter half counts as one.
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
    /// Ends by bytes, most first.
    var sorted: [(key: Endpoint, value: Peer)] {
        ends.map { (key: $0.end, value: $0.peer) }.sorted { ($1.value.bytes, $0.key) < ($0.value.bytes, $1.key) }
    }
}
