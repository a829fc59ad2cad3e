/// The seed of `WordHash`. It is random in each run of the program, like the seed of `Dictionary`, so that a peer
/// cannot choose keys that collide. It is fixed if SWIFT_DETERMINISTIC_HASHING is set.
@frozen public struct HashSeed: Sendable {
    /// An odd multiplier.
    public let factor: UInt64
    /// The value of an empty hash.
    public let start: UInt64
    /// Creates the seed of this run.
    public init() {
        (factor, start) = (UInt64(truncatingIfNeeded: 1.hashValue) | 1, UInt64(truncatingIfNeeded: 2.hashValue))
    }
}

/// A hash of a sequence of 64-bit words, for hash tables in memory; not stable across runs.
@frozen public struct WordHash: Sendable {
    @usableFromInline var sum: UInt64
    @usableFromInline let factor: UInt64
    /// Creates the hash of no words.
    @inlinable @inline(__always)
    public init(_ seed: HashSeed) { (sum, factor) = (seed.start, seed.factor) }
    @inlinable @inline(__always)
    public mutating func add(_ word: UInt64) {
        let (high, low) = (sum ^ word).multipliedFullWidth(by: factor)
        sum = high ^ low
    }
    /// The hash of the words so far.
    @inlinable @inline(__always)
    public var value: UInt32 { UInt32(truncatingIfNeeded: sum ^ sum >> 32) }
}

/// A hash table from hashes to indices, below 2³² − 1, of an array that its owner keeps with the keys in it. It uses
/// open addressing with linear probing, and 8 bytes a slot.
@frozen public struct HashIndex: Sendable {
    @frozen @usableFromInline struct Slot: Sendable {
        @usableFromInline var hash: UInt32
        /// The index plus one; 0: the slot is empty.
        @usableFromInline var entry: UInt32
        @inlinable @inline(__always)
        init(hash: UInt32 = 0, entry: UInt32 = 0) { (self.hash, self.entry) = (hash, entry) }
    }
    @usableFromInline var slots: [Slot]
    /// The number of indices in the table.
    public private(set) var count = 0

    /// Creates an empty table with this number of slots, a power of two. It doubles when three quarters are taken.
    public init(slots count: Int = 8) { slots = [Slot](repeating: Slot(), count: count) }

    /// Returns the index under this hash at which `matches` finds the key, or nil.
    @inlinable @inline(__always)
    public func find(_ hash: UInt32, _ matches: (Int) -> Bool) -> Int? {
        let mask = slots.count &- 1
        var i = Int(hash) & mask
        while slots[i].entry != 0 {
            if slots[i].hash == hash, matches(Int(slots[i].entry &- 1)) { return Int(slots[i].entry &- 1) }
            i = (i &+ 1) & mask
        }
        return nil
    }
    /// Adds an index under a hash.
    public mutating func insert(_ hash: UInt32, _ index: Int) {
        if count &* 4 >= slots.count &* 3 {
            let old = slots
            slots = [Slot](repeating: Slot(), count: 2 &* old.count)
            for s in old where s.entry != 0 { put(s) }
        }
        put(Slot(hash: hash, entry: UInt32(index &+ 1)))
        count &+= 1
    }
    private mutating func put(_ slot: Slot) {
        let mask = slots.count &- 1
        var i = Int(slot.hash) & mask
        while slots[i].entry != 0 { i = (i &+ 1) & mask }
        slots[i] = slot
    }
    /// Records that an element of the array moved to another index.
    public mutating func move(_ hash: UInt32, from old: Int, to new: Int) {
        if let i = slot(hash, old) { slots[i].entry = UInt32(new &+ 1) }
    }
    private func slot(_ hash: UInt32, _ index: Int) -> Int? {
        let mask = slots.count &- 1
        var i = Int(hash) & mask
        while slots[i].entry != UInt32(index &+ 1) {
            guard slots[i].entry != 0 else { return nil }
            i = (i &+ 1) & mask
        }
        return i
    }
    /// Removes an index.
    public mutating func remove(_ hash: UInt32, _ index: Int) {
        guard var hole = slot(hash, index) else { return }
        let mask = slots.count &- 1
        count &-= 1
        // The entries after the hole move up (backward-shift deletion), so that no search ends too early.
        var i = (hole &+ 1) & mask
        while slots[i].entry != 0 {
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

extension HashIndex {
    /// The memory that its slots take, in bytes.
    public var byteCount: Int { slots.capacity * MemoryLayout<Slot>.stride }
}
