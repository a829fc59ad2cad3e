/// Numbers that make a hash another one in each run of the program, so that nobody can make up keys that all fall on
/// one slot: from where `Dictionary` has its own; with SWIFT_DETERMINISTIC_HASHING set, which repeats a run, the same.
@frozen public struct HashSeed: Sendable {
    /// Odd.
    public let factor: UInt64
    /// Any.
    public let start: UInt64
    /// The same throughout a run.
    public init() {
        (factor, start) = (UInt64(truncatingIfNeeded: 1.hashValue) | 1, UInt64(truncatingIfNeeded: 2.hashValue))
    }
}

/// A hash of words, which depends on their order: for tables in memory alone.
@frozen public struct WordHash: Sendable {
    @usableFromInline var sum: UInt64
    @usableFromInline let factor: UInt64
    /// Of nothing so far.
    @inlinable @inline(__always)
    public init(_ seed: HashSeed) { (sum, factor) = (seed.start, seed.factor) }
    /// Adds a word.
    @inlinable @inline(__always)
    public mutating func add(_ word: UInt64) {
        let (high, low) = (sum ^ word).multipliedFullWidth(by: factor)
        sum = high ^ low
    }
    /// What it comes to.
    @inlinable @inline(__always)
    public var value: UInt32 { UInt32(truncatingIfNeeded: sum ^ sum >> 32) }
}

/// Finds places, below 2³² − 1, by hashes: a table with 8 bytes a slot. What stands at the places is kept by who asks.
@frozen public struct HashIndex: Sendable {
    @frozen @usableFromInline struct Slot: Sendable {
        @usableFromInline var hash: UInt32
        /// One more than the place; 0 for none.
        @usableFromInline var place: UInt32
        @inlinable @inline(__always)
        init(hash: UInt32 = 0, place: UInt32 = 0) { (self.hash, self.place) = (hash, place) }
    }
    @usableFromInline var slots: [Slot]
    /// How many places it has.
    public private(set) var count = 0

    /// Room for three quarters of so many, a power of two, before it grows.
    public init(slots count: Int = 8) { slots = [Slot](repeating: Slot(), count: count) }

    /// The place for which `isIt`.
    @inlinable @inline(__always)
    public func find(_ hash: UInt32, _ isIt: (Int) -> Bool) -> Int? {
        let mask = slots.count &- 1
        var i = Int(hash) & mask
        while slots[i].place != 0 {
            if slots[i].hash == hash, isIt(Int(slots[i].place &- 1)) { return Int(slots[i].place &- 1) }
            i = (i &+ 1) & mask
        }
        return nil
    }
    /// Adds a place.
    public mutating func insert(_ hash: UInt32, _ place: Int) {
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
    /// What stood at a place stands at another one.
    public mutating func move(_ hash: UInt32, from old: Int, to new: Int) {
        if let i = slot(hash, old) { slots[i].place = UInt32(new &+ 1) }
    }
    private func slot(_ hash: UInt32, _ place: Int) -> Int? {
        let mask = slots.count &- 1
        var i = Int(hash) & mask
        while slots[i].place != UInt32(place &+ 1) {
            guard slots[i].place != 0 else { return nil }
            i = (i &+ 1) & mask
        }
        return i
    }
    /// Takes a place out.
    public mutating func remove(_ hash: UInt32, _ place: Int) {
        guard var hole = slot(hash, place) else { return }
        let mask = slots.count &- 1
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
