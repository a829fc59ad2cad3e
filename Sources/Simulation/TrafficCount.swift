public import Node

/// The traffic that the nodes of a mesh have sent.
public struct TrafficCount: Equatable, Sendable {
    /// The traffic between the hubs, and between peers and hubs.
    public internal(set) var cost = MeshCost()
    /// The numbers of messages by name, including repeated ones.
    public internal(set) var messages: [String: Int] = [:]
    /// The number of bytes that each node has sent; hubs first.
    public internal(set) var sent: [Int]
    /// The time over which it was counted.
    public internal(set) var time = Duration.zero

    init(_ size: MeshSize) {
        sent = [Int](repeating: 0, count: size.hubs + size.peers)
        hubs = size.hubs
    }
    private let hubs: Int

    mutating func add(from: Int, to: Int, _ bytes: Int, in exchange: Exchange) {
        let one = MeshTraffic(messages: exchange.isFirst ? 1 : 0, datagrams: 1, ids: exchange.ids, bytes: bytes)
        if from < hubs, to < hubs { cost.hubs = cost.hubs + one } else { cost.uplinks = cost.uplinks + one }
        if exchange.isFirst { messages[exchange.message, default: 0] += 1 }
        if sent.indices.contains(from) { sent[from] += bytes }
    }
    /// The traffic of all messages.
    public var total: MeshTraffic { cost.hubs + cost.uplinks }
    /// Returns the share of a number of bytes in one interval.
    public func each(_ interval: Duration, _ bytes: Int) -> Double {
        time > .zero ? Double(bytes) * (interval / time) : 0
    }
    /// The average number of bytes that a hub has sent in all.
    public var sentByHub: Double { Self.average(sent[..<hubs]) }
    /// The average number of bytes that a peer has sent in all.
    public var sentByPeer: Double { Self.average(sent[hubs...]) }
    private static func average(_ all: ArraySlice<Int>) -> Double {
        all.isEmpty ? 0 : Double(all.reduce(0, +)) / Double(all.count)
    }
}
