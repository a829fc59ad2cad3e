internal import Capture
internal import Node

/// Counts of connections by a key, with the first connection of each key. The number of keys is limited. Beyond the
/// limit, the less frequent half is combined.
struct ConnectionCounts<Key: Hashable & Comparable & Sendable>: Sendable {
    /// The maximum number of keys with separate counts.
    static var limit: Int { 2048 }
    /// The connection that began first.
    struct First: Hashable, Comparable, Sendable {
        var time: Timestamp
        var client: Endpoint
        var server: Endpoint
        /// The number of the connection and of its first frame; 0 if connections of several captures are merged.
        var flow = 0
        var frame = 0
        static func < (a: Self, b: Self) -> Bool {
            (a.time, a.client, a.server, a.flow) < (b.time, b.client, b.server, b.flow)
        }
    }
    /// The connections of a key.
    struct Row: Hashable, Sendable {
        var count: Int
        /// The bytes of their payload.
        var bytes: Int
        var first: First
    }
    private var rows: [Key: Row] = [:]
    /// The numbers of combined keys, of their connections, and of the bytes of these.
    private(set) var others = (keys: 0, count: 0, bytes: 0)

    var isEmpty: Bool { rows.isEmpty }
    /// The number of all connections.
    var count: Int { rows.values.reduce(others.count) { $0 &+ $1.count } }
    /// The keys by count, in descending order.
    var sorted: [(key: Key, row: Row)] {
        rows.map { (key: $0.key, row: $0.value) }.sorted { ($1.row.count, $0.key) < ($0.row.count, $1.key) }
    }

    /// Counts connections.
    mutating func add(_ key: Key, _ row: Row) {
        if var known = rows[key] {
            known.count &+= row.count
            known.bytes &+= row.bytes
            known.first = min(known.first, row.first)
            rows[key] = known
        } else {
            rows[key] = row
            if rows.count > Self.limit { putTogether() }
        }
    }
    /// Counts connections whose keys are not kept.
    mutating func addOthers(keys: Int, count: Int, bytes: Int) {
        others.keys &+= keys
        others.count &+= count
        others.bytes &+= bytes
    }
    /// Adds other counts. The result is exact if the total number of keys does not exceed the limit.
    mutating func merge(_ other: Self) {
        for (key, row) in other.sorted { add(key, row) }
        addOthers(keys: other.others.keys, count: other.others.count, bytes: other.others.bytes)
    }
    private mutating func putTogether() {
        let all = sorted
        let kept = all.count &- all.count / 2
        for (key, row) in all[kept...] {
            rows[key] = nil
            addOthers(keys: 1, count: row.count, bytes: row.bytes)
        }
    }
}

/// The kind of a failure, its end, and the address of the server.
struct FailureKey: Hashable, Comparable, Sendable {
    var kind: ConnectionFailure.Kind
    var end: ConnectionFailure.End
    var handshake: String
    var server: Endpoint
    init(_ failure: ConnectionFailure, _ server: Endpoint) {
        (kind, end, handshake, self.server) = (failure.kind, failure.end, failure.handshake, server)
    }
    static func < (a: Self, b: Self) -> Bool {
        (a.kind.rawValue, a.handshake, a.end.rawValue, a.server)
            < (b.kind.rawValue, b.handshake, b.end.rawValue, b.server)
    }
}

/// The port of the server and the first bytes of connections in an unknown protocol.
struct UnknownKey: Hashable, Comparable, Sendable {
    var port: UInt16
    var first: FirstBytes
    static func < (a: Self, b: Self) -> Bool { (a.port, a.first) < (b.port, b.first) }
}

/// The connections that failed, and the ones in an unknown protocol.
struct TroubledConnections: Sendable {
    /// The maximum number of connections whose failure depends on the end of the capture. The ones that end last are
    /// dropped.
    static let pendingLimit = 4096
    /// A connection that failed if no later packet belongs to it.
    struct Pending: Hashable, Comparable, Sendable {
        var due: Timestamp
        var key: FailureKey
        var bytes: Int
        var first: ConnectionCounts<FailureKey>.First
        static func < (a: Self, b: Self) -> Bool { (a.due, a.first, a.key) < (b.due, b.first, b.key) }
    }
    private(set) var failures = ConnectionCounts<FailureKey>()
    private(set) var unknown = ConnectionCounts<UnknownKey>()
    private(set) var pending: [Pending] = []

    /// Counts a connection.
    mutating func add(_ summary: TCPSummary) {
        if let failure = summary.failure {
            let pending = Pending(
                due: failure.due ?? summary.last, key: FailureKey(failure, summary.server), bytes: summary.bytes,
                first: .init(
                    time: summary.first, client: summary.client, server: summary.server, flow: summary.flow,
                    frame: summary.firstFrame))
            if failure.due == nil { fail(pending) } else { wait([pending]) }
        }
        guard let first = summary.unknown else { return }
        unknown.add(
            UnknownKey(port: summary.server.port, first: first),
            .init(
                count: 1, bytes: summary.bytes,
                first: .init(
                    time: summary.first, client: summary.client, server: summary.server, flow: summary.flow,
                    frame: summary.firstFrame)))
    }
    private mutating func fail(_ one: Pending) {
        failures.add(one.key, .init(count: 1, bytes: one.bytes, first: one.first))
    }
    private mutating func wait(_ more: [Pending]) {
        pending += more
        guard pending.count >= 2 * Self.pendingLimit else { return }
        pending = Array(pending.sorted().prefix(Self.pendingLimit))
    }
    /// The connections whose failure depends on the end of the capture, in order.
    var waiting: [Pending] { Array(pending.sorted().prefix(Self.pendingLimit)) }
    /// Counts the connections that have failed at the end of the capture.
    mutating func settle(_ end: Timestamp?) {
        guard let end, !pending.isEmpty else { return }
        let all = pending
        pending = []
        for one in all.sorted() { if one.due <= end { fail(one) } else { pending.append(one) } }
    }
    /// Adds the connections of another part.
    mutating func merge(_ other: TroubledConnections) {
        failures.merge(other.failures)
        unknown.merge(other.unknown)
        wait(other.pending)
    }
    /// Restores the counts from their written form.
    init(
        _ failures: ConnectionCounts<FailureKey>, _ unknown: ConnectionCounts<UnknownKey>, _ pending: [Pending]
    ) {
        (self.failures, self.unknown, self.pending) = (failures, unknown, pending)
    }
    init() {}
}
