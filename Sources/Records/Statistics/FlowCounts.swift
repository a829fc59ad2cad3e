internal import Capture
internal import Node

/// The counts for all connections.
struct FlowCounts: Sendable {
    /// The messages of one kind.
    struct Kind: Hashable, Sendable {
        var records = 0
        var bytes = 0
        var fromClient = 0
    }
    /// The counts by the index of the kind, as far as rows have handed them on.
    private(set) var kinds: [Kind] = []
    private(set) var peers = PeerCounts()
    private var rows = RecordRows()

    /// Counts a message. Returns the capture time of the previous message of its kind and direction, if it is known.
    @inline(__always)
    mutating func count(
        _ key: RecordRows.Key, from source: Endpoint, to destination: Endpoint, at time: Timestamp, length: Int
    ) -> Timestamp? {
        if let before = rows.count(key, time, length) { return before }
        begin(key, from: source, to: destination, at: time, length: length)
        return nil
    }
    @inline(never)
    private mutating func begin(
        _ key: RecordRows.Key, from source: Endpoint, to destination: Endpoint, at time: Timestamp, length: Int
    ) {
        if rows.isFull {
            settle()
            rows.removeAll()
        }
        rows.add(key, at: time, length: length, between: peers.pair(source, destination))
        guard peers.isFull else { return }
        settle()
        peers.putTogether()
        // The indices of the ends have changed.
        rows.removeAll()
    }
    /// Adds the counts of the ends of another part.
    mutating func merge(_ other: PeerCounts) {
        settle()
        peers.merge(other)
        // The indices of the ends may have changed.
        rows.removeAll()
    }
    /// Hands on the counts of the rows.
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
