import Capture

/// When a message of each kind was seen last in each direction of the connections of a lane: a hash table of its own, since
/// it is asked for every message.
struct LastTimes: Sendable {
    /// Directions and kinds that are remembered; beyond, all is forgotten, and no interval is told across.
    static let limit = 65_536 / FlowLane.count

    private struct Slot {
        /// Flow, direction and kind; nothing is here when it is 0, since flows are counted from 1.
        var key: UInt64 = 0
        var time = Timestamp(nanoseconds: 0)
    }
    private var slots = [Slot](repeating: Slot(), count: 64)
    private var count = 0

    /// Notes a time, and tells the one before.
    @inline(__always)
    mutating func exchange(_ time: Timestamp, flow: Int, _ isFromClient: Bool, place: Int) -> Timestamp? {
        // Kinds are counted from 0, and there are as many as messages in all protocols.
        let key =
            UInt64(truncatingIfNeeded: flow) << 17 | UInt64(truncatingIfNeeded: place & 0xffff) << 1
            | (isFromClient ? 1 : 0)
        let i = find(key)
        if slots[i].key == key {
            defer { slots[i].time = time }
            return slots[i].time
        }
        insert(key, time)
        return nil
    }
    @inline(__always)
    private func find(_ key: UInt64) -> Int {
        let mask = slots.count &- 1
        var i = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 40) & mask
        while slots[i].key != key, slots[i].key != 0 { i = (i &+ 1) & mask }
        return i
    }
    private mutating func insert(_ key: UInt64, _ time: Timestamp) {
        if count >= Self.limit {
            slots = [Slot](repeating: Slot(), count: slots.count)
            count = 0
        } else if count &* 2 >= slots.count {
            let old = slots
            slots = [Slot](repeating: Slot(), count: 2 &* old.count)
            for s in old where s.key != 0 { slots[find(s.key)] = s }
        }
        slots[find(key)] = Slot(key: key, time: time)
        count &+= 1
    }
}
