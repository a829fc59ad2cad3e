internal import Capture
internal import Node

/// What the segments of TCP connections tell, in total and of those with most trouble.
struct TCPStatistics: Sendable {
    /// Connections that are counted by themselves; beyond, those with least trouble count in the totals alone.
    static let limit = 1000

    /// Connections in all.
    private(set) var connections = 0
    /// Of all of them, what clients and what servers sent.
    private(set) var fromClients = TCPCounts()
    private(set) var fromServers = TCPCounts()
    /// Nanoseconds of handshakes.
    private(set) var handshakes = Samples()
    private var kept: [TCPSummary] = []

    init() {}
    /// As it was when it was written.
    init(
        _ connections: Int, fromClients: TCPCounts, fromServers: TCPCounts, handshakes: Samples, _ list: [TCPSummary]
    ) {
        (self.connections, self.fromClients, self.fromServers) = (connections, fromClients, fromServers)
        (self.handshakes, kept) = (handshakes, list)
        putAway()
    }
    /// What both sides of all connections sent.
    var total: TCPCounts {
        var total = fromClients
        total.merge(fromServers)
        return total
    }
    /// Connections, those with most trouble first, then those with most bytes.
    var list: [TCPSummary] { Array(kept.sorted(by: Self.isBefore).prefix(Self.limit)) }

    /// Counts a connection.
    mutating func add(_ summary: TCPSummary) {
        connections &+= 1
        fromClients.merge(summary.fromClient)
        fromServers.merge(summary.fromServer)
        if let handshake = summary.handshake { handshakes.merge(Samples(of: handshake)) }
        // Numbers of connections mean nothing beside those of another part.
        kept.append(summary)
        kept[kept.count - 1].flow = 0
        if kept.count >= 2 * Self.limit { putAway() }
    }
    /// Adds what was counted of other connections. Of all those that are kept in either, the same stay that would of one.
    mutating func merge(_ other: TCPStatistics) {
        connections &+= other.connections
        fromClients.merge(other.fromClients)
        fromServers.merge(other.fromServers)
        handshakes.merge(other.handshakes)
        kept += other.kept
        putAway()
    }
    private mutating func putAway() { if kept.count > Self.limit { kept = list } }
    private static func isBefore(_ a: TCPSummary, _ b: TCPSummary) -> Bool {
        let (one, other) = (a.fromClient.trouble &+ a.fromServer.trouble, b.fromClient.trouble &+ b.fromServer.trouble)
        if one != other { return one > other }
        let (bytes, others) = (a.fromClient.bytes &+ a.fromServer.bytes, b.fromClient.bytes &+ b.fromServer.bytes)
        if bytes != others { return bytes > others }
        return (a.first, a.client, a.server, a.last) < (b.first, b.client, b.server, b.last)
    }
}

extension Samples {
    /// A single one.
    fileprivate init(of value: Int) { self.init(count: 1, sum: value, least: value, most: value) }
}
