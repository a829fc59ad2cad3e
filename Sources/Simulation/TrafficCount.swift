public import Node

/// What nodes of a mesh have sent.
public struct TrafficCount: Equatable, Sendable {
    /// Among the hubs, and between peers and hubs.
    public internal(set) var cost = MeshCost()
    /// Messages by name, those that were sent again among them.
    public internal(set) var messages: [String: Int] = [:]
    /// Bytes that each node has sent; hubs first.
    public internal(set) var sent: [Int]
    /// For how long it was counted.
    public internal(set) var time = Duration.zero

    init(_ size: MeshSize) {
        sent = [Int](repeating: 0, count: size.hubs + size.peers)
        hubs = size.hubs
    }
    private let hubs: Int

    mutating func add(_ from: Int, _ to: Int, _ bytes: Int, _ exchange: Exchange) {
        let one = MeshTraffic(messages: exchange.isFirst ? 1 : 0, datagrams: 1, ids: exchange.ids, bytes: bytes)
        if from < hubs, to < hubs { cost.hubs = cost.hubs + one } else { cost.uplinks = cost.uplinks + one }
        if exchange.isFirst { messages[exchange.message, default: 0] += 1 }
        if sent.indices.contains(from) { sent[from] += bytes }
    }
    /// All messages.
    public var total: MeshTraffic { cost.hubs + cost.uplinks }
    /// How much of a number of bytes falls on an interval.
    public func each(_ interval: Duration, _ bytes: Int) -> Double {
        time > .zero ? Double(bytes) * (interval / time) : 0
    }
    /// Bytes that a hub sends, and a peer, on average, in all.
    public var sentByHub: Double { Self.average(sent[..<hubs]) }
    /// See there.
    public var sentByPeer: Double { Self.average(sent[hubs...]) }
    private static func average(_ all: ArraySlice<Int>) -> Double {
        all.isEmpty ? 0 : Double(all.reduce(0, +)) / Double(all.count)
    }
}
