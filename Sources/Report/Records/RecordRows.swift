internal import Capture

/// Messages of each kind in each direction of all connections: a hash table of its own, since it is asked for
/// every message. What belongs to ends and kinds is counted here first, so that a message touches one place.
struct RecordRows: Sendable {
    /// Directions and kinds that are counted by themselves; beyond, all is handed on, and no interval is told across.
    static let limit = 65_536

    /// Flow, kind and direction.
    struct Key: Hashable, Sendable {
        /// Never 0, since flows are counted from 1.
        fileprivate var number: UInt64

        /// `kind`: its place; there are as many kinds as messages in all protocols.
        @inline(__always)
        init(flow: Int, kind: Int, isFromClient: Bool) {
            number =
                UInt64(truncatingIfNeeded: flow) << 17 | UInt64(truncatingIfNeeded: kind & 0xffff) << 1
                | (isFromClient ? 1 : 0)
        }
    }
    struct Row: Sendable {
        /// 0: nothing is here.
        fileprivate var key: UInt64 = 0
        /// When the last of them was captured.
        fileprivate var time = Timestamp(nanoseconds: 0)
        /// Since they were handed on.
        var records = 0
        var bytes = 0
        /// Where the ends stand that said and heard them.
        var ends = PeerCounts.Pair(source: 0, destination: 0)

        @inline(__always)
        fileprivate mutating func count(_ now: Timestamp, _ length: Int) -> Timestamp {
            defer { time = now }
            records &+= 1
            bytes &+= length
            return time
        }
        /// Place of their kind.
        var kind: Int { Int(truncatingIfNeeded: key >> 1 & 0xffff) }
        var isFromClient: Bool { key & 1 == 1 }
    }
    private var rows = [Row](repeating: Row(), count: 64)
    private var count = 0
    /// No row may be added before all are handed on.
    var isFull: Bool { count >= Self.limit }

    /// Counts a message of a kind that has a row. Returns when the one before was captured; nil when there is no row.
    @inline(__always)
    mutating func count(_ key: Key, _ time: Timestamp, _ length: Int) -> Timestamp? {
        let i = find(key.number)
        guard rows[i].key == key.number else { return nil }
        return rows[i].count(time, length)
    }
    /// Adds a row for a message of a kind that has none, and counts it.
    mutating func add(_ key: Key, _ time: Timestamp, _ length: Int, _ ends: PeerCounts.Pair) {
        if count &* 2 >= rows.count {
            let old = rows
            rows = [Row](repeating: Row(), count: 2 &* old.count)
            for row in old where row.key != 0 { rows[find(row.key)] = row }
        }
        rows[find(key.number)] = Row(key: key.number, time: time, records: 1, bytes: length, ends: ends)
        count &+= 1
    }
    /// All rows that have counted something, which they forget.
    mutating func take() -> [Row] {
        let counted = rows.filter { $0.records > 0 }
        for i in rows.indices { (rows[i].records, rows[i].bytes) = (0, 0) }
        return counted
    }
    /// No rows any longer.
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
