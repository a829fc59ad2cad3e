internal import Capture
internal import Node

/// What is counted of all connections.
struct FlowCounts: Sendable {
    /// Messages of one kind.
    struct Kind: Hashable, Sendable {
        var records = 0
        var bytes = 0
        var fromClient = 0
    }
    /// By the places of kinds, as far as rows have handed them on.
    private(set) var kinds: [Kind] = []
    private(set) var peers = PeerCounts()
    private var rows = RecordRows()

    /// Counts a message. Returns when the one before of its kind and direction was captured, when that is known.
    @inline(__always)
    mutating func count(
        _ key: RecordRows.Key, _ source: Endpoint, _ destination: Endpoint, _ time: Timestamp, _ length: Int
    ) -> Timestamp? {
        if let before = rows.count(key, time, length) { return before }
        begin(key, source, destination, time, length)
        return nil
    }
    @inline(never)
    private mutating func begin(
        _ key: RecordRows.Key, _ source: Endpoint, _ destination: Endpoint, _ time: Timestamp, _ length: Int
    ) {
        if rows.isFull {
            settle()
            rows.removeAll()
        }
        rows.add(key, time, length, peers.pair(source, destination))
        guard peers.isFull else { return }
        settle()
        peers.putTogether()
        // Others stand now where they did.
        rows.removeAll()
    }
    /// Adds what ends have said elsewhere.
    mutating func merge(_ other: PeerCounts) {
        settle()
        peers.merge(other)
        // Others may stand now where they did.
        rows.removeAll()
    }
    /// Hands on what rows have counted.
    mutating func settle() {
        for row in rows.take() {
            peers.count(row.records, row.bytes, row.ends)
            while kinds.count <= row.kind { kinds.append(Kind()) }
            kinds[row.kind].records &+= row.records
            kinds[row.kind].bytes &+= row.bytes
            kinds[row.kind].fromClient &+= row.isFromClient ? row.records : 0
        }
    }
}
