import Node

/// The times at which connections lost bytes.
struct ConnectionLosses {
    /// The maximum number of connections. Beyond it, all connections count as if they had lost bytes.
    static let limit = 65_536

    /// The losses of one connection so far.
    struct Loss: Hashable {
        /// A number that grows with each loss.
        var count: Int
        /// The time of the last loss; nil before the first one.
        var time: Timestamp?
    }
    private var others = Loss(count: 0)
    private var known: [Int: Loss] = [:]

    /// Notes that bytes of a connection are missing.
    mutating func lose(_ flow: Int, at time: Timestamp) {
        if known.count >= Self.limit { loseAll(at: time) }
        known[flow] = Loss(count: self[flow].count &+ 1, time: time)
    }
    /// Notes that bytes of any connection may be missing.
    mutating func loseAll(at time: Timestamp) {
        let count = known.values.reduce(others.count) { max($0, $1.count) }
        others = Loss(count: count &+ 1, time: time)
        known = [:]
    }
    /// The losses of a connection.
    subscript(flow: Int) -> Loss { known.isEmpty ? others : known[flow] ?? others }
}
