internal import Capture
internal import Node

/// The statistics of the segments of TCP connections, in total and for the connections with most trouble.
struct TCPStatistics: Sendable {
    /// The maximum number of connections with separate counts. Beyond it, the connections with least trouble are only
    /// in the totals.
    static let limit = 1000

    /// The number of all connections.
    private(set) var connections = 0
    /// The counts of all clients, and of all servers.
    private(set) var fromClients = TCPCounts()
    private(set) var fromServers = TCPCounts()
    /// The durations of handshakes in nanoseconds.
    private(set) var handshakes = Samples()
    private var kept: [TCPSummary] = []

    init() {}
    /// Restores the statistics from their written form.
    init(
        _ connections: Int, fromClients: TCPCounts, fromServers: TCPCounts, handshakes: Samples, _ list: [TCPSummary]
    ) {
        (self.connections, self.fromClients, self.fromServers) = (connections, fromClients, fromServers)
        (self.handshakes, kept) = (handshakes, list)
        putAway()
    }
    /// The counts of both sides of all connections.
    var total: TCPCounts {
        var total = fromClients
        total.merge(fromServers)
        return total
    }
    /// The connections with most trouble first, then the ones with most bytes.
    var list: [TCPSummary] { Array(kept.sorted(by: Self.isBefore).prefix(Self.limit)) }

    /// Counts a connection.
    mutating func add(_ summary: TCPSummary) {
        connections &+= 1
        fromClients.merge(summary.fromClient)
        fromServers.merge(summary.fromServer)
        if let handshake = summary.handshake { handshakes.merge(Samples(of: handshake)) }
        // The number of a connection has no meaning in another part.
        kept.append(summary)
        (kept[kept.count - 1].flow, kept[kept.count - 1].firstFrame) = (0, 0)
        (kept[kept.count - 1].unknown, kept[kept.count - 1].failure) = (nil, nil)
        if kept.count >= 2 * Self.limit { putAway() }
    }
    /// Adds the statistics of other connections. The kept connections are the same as if all had been counted together.
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
    /// Makes samples with a single value.
    fileprivate init(of value: Int) { self.init(count: 1, sum: value, least: value, most: value) }
}
