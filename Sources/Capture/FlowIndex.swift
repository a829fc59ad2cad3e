import Node

/// Finds the place of a connection by its two ends, whoever sends: a hash table with 8 bytes a slot. The ends themselves
/// are kept by who asks.
struct FlowIndex {
    private struct Slot {
        var hash: UInt32 = 0
        /// One more than the place; 0 for none.
        var place: UInt32 = 0
    }
    private var slots = [Slot](repeating: Slot(), count: 64)
    private var count = 0
    /// So that nobody can make up connections that all fall on one slot: another one in each run of the program, from
    /// where `Dictionary` has its own; with SWIFT_DETERMINISTIC_HASHING set, which repeats a run, the same.
    private let seed = (UInt64(truncatingIfNeeded: 1.hashValue) | 1, UInt64(truncatingIfNeeded: 2.hashValue))

    /// The same for both directions.
    @inline(__always)
    func hash(_ a: Endpoint, _ b: Endpoint, _ transport: Transport) -> UInt32 {
        let sum = part(a) &+ part(b) &+ (transport == .udp ? 1 : 0)
        let (high, low) = (sum ^ seed.1).multipliedFullWidth(by: seed.0)
        return UInt32(truncatingIfNeeded: (high ^ low) >> 16)
    }
    @inline(__always)
    private func part(_ e: Endpoint) -> UInt64 {
        let (h1, l1) = (e.high ^ seed.1).multipliedFullWidth(by: seed.0)
        let (h2, l2) = (e.low ^ h1 ^ l1 ^ UInt64(e.port) << 48).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return h2 ^ l2
    }
    /// The place for which `isIt`.
    @inline(__always)
    func find(_ hash: UInt32, _ isIt: (Int) -> Bool) -> Int? {
        let mask = slots.count &- 1
        var i = Int(hash) & mask
        while slots[i].place != 0 {
            if slots[i].hash == hash, isIt(Int(slots[i].place &- 1)) { return Int(slots[i].place &- 1) }
            i = (i &+ 1) & mask
        }
        return nil
    }
    mutating func insert(_ hash: UInt32, _ place: Int) {
        if count &* 4 >= slots.count &* 3 {
            let old = slots
            slots = [Slot](repeating: Slot(), count: 2 &* old.count)
            for s in old where s.place != 0 { put(s) }
        }
        put(Slot(hash: hash, place: UInt32(place &+ 1)))
        count &+= 1
    }
    private mutating func put(_ slot: Slot) {
        let mask = slots.count &- 1
        var i = Int(slot.hash) & mask
        while slots[i].place != 0 { i = (i &+ 1) & mask }
        slots[i] = slot
    }
    mutating func remove(_ hash: UInt32, _ place: Int) {
        let mask = slots.count &- 1
        var hole = Int(hash) & mask
        while slots[hole].place != UInt32(place &+ 1) {
            guard slots[hole].place != 0 else { return }
            hole = (hole &+ 1) & mask
        }
        count &-= 1
        // Those behind move up, so that no search ends too early.
        var i = (hole &+ 1) & mask
        while slots[i].place != 0 {
            let home = Int(slots[i].hash) & mask
            if (i &- home) & mask >= (i &- hole) & mask {
                slots[hole] = slots[i]
                hole = i
            }
            i = (i &+ 1) & mask
        }
        slots[hole] = Slot()
    }
}
