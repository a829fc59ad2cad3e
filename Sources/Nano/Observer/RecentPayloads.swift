import Node
import Wire

/// The last payloads of one side by 64-bit hashes. It is for passive observers, which must keep up with a link and only
/// mention duplicates. A node, which drops duplicates, keeps cryptographic digests (`Duplicates`).
///
/// The oldest payload is evicted, so that the findings on a capture are always the same.
struct RecentPayloads: Sendable {
    /// The most payloads that are remembered, a power of two.
    static let capacity = 1024

    private struct Entry {
        /// The hash; 0 for an expired payload that was received again, which has a newer entry.
        var digest: UInt64
        var time: Int64
        var hash: UInt32 { UInt32(truncatingIfNeeded: digest) }
    }
    /// A ring in the order of time. Once it is full, the oldest entry is at `oldest`.
    private var entries: [Entry] = []
    private var oldest = 0
    /// The offsets into `entries` by digest. Sides that have sent no payload yet share the memory of `emptyIndex`.
    private var index = Self.emptyIndex
    private static let emptyIndex = HashIndex()
    let lifetime: Duration
    private let nanoseconds: Int64
    private let digester = PayloadDigest.shared

    init(lifetime: Duration) {
        self.lifetime = lifetime
        nanoseconds = lifetime.nanoseconds
    }

    /// Stores a payload. Returns false if the same one was received within `lifetime`.
    mutating func isNew(_ payload: RawSpan, now: Instant) -> Bool {
        let entry = Entry(digest: digester.of(payload), time: now.nanoseconds)
        if let old = index.find(entry.hash, { entries[$0].digest == entry.digest }) {
            guard isOver(entries[old].time, now) else { return false }
            forget(old)
        }
        let offset = entries.count < Self.capacity ? entries.count : oldest
        if offset == entries.count {
            entries.append(entry)
        } else {
            oldest = (oldest &+ 1) & (Self.capacity &- 1)
            if entries[offset].digest != 0 { forget(offset) }
            entries[offset] = entry
        }
        index.insert(entry.hash, offset)
        return true
    }
    private mutating func forget(_ offset: Int) {
        index.remove(entries[offset].hash, offset)
        entries[offset].digest = 0
    }
    private func isOver(_ time: Int64, _ now: Instant) -> Bool {
        let (end, over) = time.addingReportingOverflow(nanoseconds)
        return !over && end <= now.nanoseconds
    }
}
