internal import Capture
internal import Node

/// What ends of connections said and heard. Those of one lane are bounded: beyond, the quieter half is put together.
struct PeerCounts: Sendable {
    /// One end, or several together.
    struct Peer: Hashable, Sendable {
        var sent = 0
        var sentBytes = 0
        var received = 0
        var receivedBytes = 0
        var bytes: Int { sentBytes &+ receivedBytes }
        mutating func send(_ length: Int) {
            sent &+= 1
            sentBytes &+= length
        }
        mutating func receive(_ length: Int) {
            received &+= 1
            receivedBytes &+= length
        }
        mutating func add(_ other: Peer) {
            sent &+= other.sent
            sentBytes &+= other.sentBytes
            received &+= other.received
            receivedBytes &+= other.receivedBytes
        }
    }
    /// Ends of all lanes that are counted by themselves.
    static let limit = 8192

    private var ends: [(end: Endpoint, peer: Peer)] = []
    private var places: [Endpoint: Int] = [:]
    /// Where the two ends of a direction of a connection stand, as far as they were asked for lately.
    private var recent = [(source: Int, destination: Int)](repeating: (0, 0), count: 32)
    /// What the ends that are not counted by themselves said; how many they were.
    private(set) var others = Peer()
    private(set) var otherCount = 0

    /// Counts a message. `flow` and `isFromClient` only tell where to look first.
    @inline(__always)
    mutating func count(_ source: Endpoint, _ destination: Endpoint, flow: Int, _ isFromClient: Bool, _ length: Int) {
        let lane = (flow &* 2 &+ (isFromClient ? 1 : 0)) & (recent.count &- 1)
        var (from, to) = recent[lane]
        if max(from, to) >= ends.count || ends[from].end != source || ends[to].end != destination {
            (from, to) = (place(of: source), place(of: destination))
            recent[lane] = (from, to)
        }
        ends[from].peer.send(length)
        ends[to].peer.receive(length)
        if ends.count > Self.limit / FlowLane.count { putTogether() }
    }
    @inline(never)
    private mutating func place(of end: Endpoint) -> Int {
        if let known = places[end] { return known }
        places[end] = ends.count
        ends.append((end, Peer()))
        return ends.count &- 1
    }
    @inline(never)
    private mutating func putTogether() {
        let all = sorted
        let kept = all.count &- all.count / 2
        for (_, peer) in all[kept...] {
            otherCount &+= 1
            others.add(peer)
        }
        ends = all[..<kept].map { ($0.key, $0.value) }
        places = Dictionary(uniqueKeysWithValues: ends.indices.map { (ends[$0].end, $0) })
    }
    /// Adds what others counted, without a bound.
    mutating func add(_ other: PeerCounts) {
        for (end, peer) in other.ends {
            let i = place(of: end)
            ends[i].peer.add(peer)
        }
        others.add(other.others)
        otherCount &+= other.otherCount
    }
    /// Ends by bytes, most first.
    var sorted: [(key: Endpoint, value: Peer)] {
        ends.map { (key: $0.end, value: $0.peer) }.sorted { ($1.value.bytes, $0.key) < ($0.value.bytes, $1.key) }
    }
}
