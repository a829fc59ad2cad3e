internal import Capture

/// The message counts for each kind and each direction of all connections. It is a custom hash table, because it is
/// used for every message. Counts for ends and kinds are collected here first, so that a message touches one place in
/// memory.
struct RecordRows: Sendable {
    /// The maximum number of directions and kinds. Beyond it, all counts are handed on, and no interval spans that
    /// moment.
    static let limit = 65_536

    /// The flow, kind and direction.
    struct Key: Hashable, Sendable {
        /// The packed key. It is never 0, because flows are counted from 1.
        fileprivate var number: UInt64

        /// Makes a key. `kind` is the index of the kind; there are as many kinds as messages in all protocols.
        @inline(__always)
        init(flow: Int, kind: Int, isFromClient: Bool) {
            number =
                UInt64(truncatingIfNeeded: flow) << 17 | UInt64(truncatingIfNeeded: kind & 0xffff) << 1
                | (isFromClient ? 1 : 0)
        }
    }
    struct Row: Sendable {
        /// The key; 0 if the row is empty.
        fileprivate var key: UInt64 = 0
        /// The capture time of the last message.
        fileprivate var time = Timestamp(nanoseconds: 0)
        /// The number of messages since the counts were handed on.
        var records = 0
        var bytes = 0
        /// The indices of the source and the destination.
        var ends = PeerCounts.Pair(source: 0, destination: 0)

        @inline(__always)
        fileprivate mutating func count(_ now: Timestamp, _ length: Int) -> Timestamp {
            defer { time = now }
            records &+= 1
            bytes &+= length
            return time
        }
        /// The index of the kind.
        var kind: Int { Int(truncatingIfNeeded: key >> 1 & 0xffff) }
        var isFromClient: Bool { key & 1 == 1 }
    }
    private var rows = [Row](repeating: Row(), count: 64)
    private var count = 0
    /// True if no row may be added before all counts are handed on.
    var isFull: Bool { count >= Self.limit }

    /// Counts a message of a kind that has a row. Returns the capture time of the previous message; nil if there is no
    /// row.
    @inline(__always)
    mutating func count(_ key: Key, _ time: Timestamp, _ length: Int) -> Timestamp? {
        let i = find(key.number)
        guard rows[i].key == key.number else { return nil }
        return rows[i].count(time, length)
    }
    /// Adds a row for a message of a new kind, and counts the message.
    mutating func add(_ key: Key, at time: Timestamp, length: Int, between ends: PeerCounts.Pair) {
        if count &* 2 >= rows.count {
            let old = rows
            rows = [Row](repeating: Row(), count: 2 &* old.count)
            for row in old where row.key != 0 { rows[find(row.key)] = row }
        }
        rows[find(key.number)] = Row(key: key.number, time: time, records: 1, bytes: length, ends: ends)
        count &+= 1
    }
    /// Returns all rows with counts, and resets their counts.
    mutating func take() -> [Row] {
        let counted = rows.filter { $0.records > 0 }
        for i in rows.indices { (rows[i].records, rows[i].bytes) = (0, 0) }
        return counted
    }
    /// Removes all rows.
    mutating func removeAll() {
        rows = [Row](repeating: Row(), count: rows.count)
        count = 0
    }

    @inline(__always)
    private func find(_ key: UInt64) -> Int {
        let mask = rows.count &- 1
        var i = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 40) & mask
        while rows[i].key != key, rows[i].key != 0 { i = (i &+ 1) & mask }
        return i
    }
}
