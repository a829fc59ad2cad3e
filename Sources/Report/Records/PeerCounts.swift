internal import Capture
internal import Node

/// What ends of connections said and heard. Those of one lane are bounded: beyond, the quieter half is put together.
struct PeerCounts: Hashable, Sendable {
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
    /// Ends of all lanes that are counted by themselves.
    static let limit = 8192

    private var ends: [Endpoint: Peer] = [:]
    /// What the ends that are not counted by themselves said; how many they were.
    private(set) var others = Peer()
    private(set) var otherCount = 0

    /// Counts a message.
    mutating func count(_ source: Endpoint, _ destination: Endpoint, _ length: Int) {
        ends[source, default: Peer()].sent &+= 1
        ends[source, default: Peer()].sentBytes &+= length
        ends[destination, default: Peer()].received &+= 1
        ends[destination, default: Peer()].receivedBytes &+= length
        guard ends.count > Self.limit / FlowLane.count else { return }
        for (end, peer) in sorted.suffix(ends.count / 2) {
            ends[end] = nil
            otherCount &+= 1
            others.add(peer)
        }
    }
    /// Adds what others counted, without a bound.
    mutating func add(_ other: PeerCounts) {
        for (end, peer) in other.ends { ends[end, default: Peer()].add(peer) }
        others.add(other.others)
        otherCount &+= other.otherCount
    }
    /// Ends by bytes, most first.
    var sorted: [(key: Endpoint, value: Peer)] {
        ends.sorted { ($1.value.bytes, $0.key) < ($0.value.bytes, $1.key) }
    }
}
