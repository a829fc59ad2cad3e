import Node
import Wire

/// Payloads that one side sent last, known again by 64 bits: for passive observers, which must keep up with a link and
/// only mention what comes twice. A node, which drops it, keeps real digests (`Duplicates`).
///
/// The oldest one makes room, so that a capture always tells the same.
struct RecentPayloads: Sendable {
    /// Payloads that are remembered at most. A power of two.
    static let capacity = 1024

    private struct Entry {
        /// 0 for one that came again later and stands there.
        var digest: UInt64
        var time: Int64
    }
    /// In the order of their times; once there are as many as may be, the oldest stands at `oldest`.
    private var entries: [Entry] = []
    private var oldest = 0
    /// A hash table: one more than the place in `entries`, 0 for none. Twice as many as entries at least.
    private var slots: [UInt16] = []
    let lifetime: Duration
    private let nanoseconds: Int64
    private let digester = PayloadDigest.shared

    init(lifetime: Duration) {
        self.lifetime = lifetime
        nanoseconds = lifetime.nanoseconds
    }

    /// Remembers a payload; false when the same one came not long ago.
    mutating func isNew(_ payload: RawSpan, now: Instant) -> Bool {
        let digest = digester.of(payload)
        // Grows by doubling, so that a silent side has none.
        if entries.count &* 2 >= slots.count, slots.count < 2 &* Self.capacity { grow() }
        var i = home(digest)
        while slots[i] != 0 {
            let place = Int(slots[i]) &- 1
            if entries[place].digest == digest {
                guard isOver(entries[place].time, now) else { return false }
                remove(i)
                entries[place].digest = 0
                break
            }
            i = (i &+ 1) & (slots.count &- 1)
        }
        add(Entry(digest: digest, time: now.nanoseconds))
        return true
    }
    private mutating func add(_ entry: Entry) {
        let place: Int
        if entries.count < Self.capacity {
            place = entries.count
            entries.append(entry)
        } else {
            place = oldest
            oldest = (oldest &+ 1) & (Self.capacity &- 1)
            if entries[place].digest != 0 { forget(place) }
            entries[place] = entry
        }
        put(place)
    }
    private mutating func put(_ place: Int) {
        var i = home(entries[place].digest)
        while slots[i] != 0 { i = (i &+ 1) & (slots.count &- 1) }
        slots[i] = UInt16(place &+ 1)
    }
    private mutating func forget(_ place: Int) {
        var i = home(entries[place].digest)
        while Int(slots[i]) != place &+ 1 {
            guard slots[i] != 0 else { return }
            i = (i &+ 1) & (slots.count &- 1)
        }
        remove(i)
    }
    /// Empties a slot. Those behind move up, so that no search ends too early.
    private mutating func remove(_ slot: Int) {
        let mask = slots.count &- 1
        var hole = slot
        var i = (hole &+ 1) & mask
        while slots[i] != 0 {
            let distance = (i &- home(entries[Int(slots[i]) &- 1].digest)) & mask
            if distance >= (i &- hole) & mask {
                slots[hole] = slots[i]
                hole = i
            }
            i = (i &+ 1) & mask
        }
        slots[hole] = 0
    }
    @inline(__always)
    private func home(_ digest: UInt64) -> Int { Int(truncatingIfNeeded: digest) & (slots.count &- 1) }
    private func isOver(_ time: Int64, _ now: Instant) -> Bool {
        let (end, over) = time.addingReportingOverflow(nanoseconds)
        return !over && end <= now.nanoseconds
    }
    private mutating func grow() {
        slots = [UInt16](repeating: 0, count: max(16, 2 &* slots.count))
        for place in entries.indices where entries[place].digest != 0 { put(place) }
    }
}
