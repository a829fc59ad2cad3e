internal import Node

/// Values by their keys, in the order in which they were put in or touched last.
struct ExpiringLRU<Key: ExpiringKey, Value: Sendable>: Sendable {
    private struct Slot: Sendable {
        var key: Key
        var value: Value
        var time: Instant
        var hash: UInt32
        /// Places in the order; -1 when there is none.
        var before: Int32
        var after: Int32
    }
    private var index = HashIndex()
    private let seed = HashSeed()
    /// Without holes: the last one goes where one is taken out.
    private var slots: [Slot] = []
    /// Ends of the order; -1 when there is none.
    private var oldest: Int32 = -1
    private var newest: Int32 = -1

    /// How many there are.
    var count: Int { slots.count }
    /// The value of a key.
    subscript(_ key: Key) -> Value? { place(of: key).map { slots[$0].value } }
    /// Whether there is one of this key.
    func has(_ key: Key) -> Bool { place(of: key) != nil }
    /// The one that was put in or touched before all others, and when.
    var first: (key: Key, time: Instant)? {
        oldest < 0 ? nil : (slots[Int(oldest)].key, slots[Int(oldest)].time)
    }
    /// All, oldest first.
    var all: [(key: Key, value: Value, time: Instant)] {
        var out: [(key: Key, value: Value, time: Instant)] = []
        var i = oldest
        while i >= 0 {
            let slot = slots[Int(i)]
            out.append((slot.key, slot.value, slot.time))
            i = slot.after
        }
        return out
    }
    /// Where the value of a key stands as long as none is taken out; nil when there is none.
    func place(of key: Key) -> Int? { slots.isEmpty ? nil : find(key, hash(key)) }
    /// The value at a place, to be changed where it is.
    subscript(at place: Int) -> Value {
        _read { yield slots[place].value }
        _modify { yield &slots[place].value }
    }
    @inline(__always)
    private func hash(_ key: Key) -> UInt32 {
        var hash = WordHash(seed)
        key.add(to: &hash)
        return hash.value
    }
    @inline(__always)
    private func find(_ key: Key, _ hash: UInt32) -> Int? { index.find(hash) { slots[$0].key == key } }

    /// Puts a value in, or in the place of the one that has its key; it is the newest then.
    mutating func set(_ key: Key, _ value: Value, at now: Instant) {
        let hash = hash(key)
        if let known = find(key, hash) {
            slots[known].value = value
            touch(at: known, now)
        } else {
            add(key, hash, value, now)
        }
    }
    /// Where the value of a key stands, which is put in when there is none, and is the newest then.
    mutating func place(of key: Key, at now: Instant, orNew value: @autoclosure () -> Value) -> Int {
        let hash = hash(key)
        guard let known = find(key, hash) else { return add(key, hash, value(), now) }
        touch(at: known, now)
        return known
    }
    /// The value at a place is the newest then.
    mutating func touch(at place: Int, _ now: Instant) {
        slots[place].time = now
        guard newest != place else { return }
        unlink(place)
        hook(place)
    }
    /// Changes the value of a key, which is the newest then; false when there is none.
    mutating func touch(_ key: Key, at now: Instant, _ change: (inout Value) -> Void) -> Bool {
        guard let place = place(of: key) else { return false }
        change(&slots[place].value)
        touch(at: place, now)
        return true
    }
    /// Takes a value out.
    @discardableResult mutating func remove(_ key: Key) -> Value? {
        guard let place = place(of: key) else { return nil }
        index.remove(slots[place].hash, place)
        unlink(place)
        let last = slots.count - 1
        if place != last {
            slots.swapAt(place, last)
            let (before, after) = (Int(slots[place].before), Int(slots[place].after))
            if before >= 0 { slots[before].after = Int32(place) } else { oldest = Int32(place) }
            if after >= 0 { slots[after].before = Int32(place) } else { newest = Int32(place) }
            index.move(slots[place].hash, from: last, to: place)
        }
        let gone = slots.removeLast().value
        if slots.capacity > 1024, slots.count < slots.capacity / 4 { shrink() }
        return gone
    }
    /// Gives back memory that was taken for more.
    private mutating func shrink() {
        var kept: [Slot] = []
        kept.reserveCapacity(2 * slots.count)
        kept += slots
        slots = kept
        index = HashIndex()
        for i in slots.indices { index.insert(slots[i].hash, i) }
    }
    /// Takes out all that were put in or touched `age` ago or before; tells how many that were.
    @discardableResult mutating func removeAll(olderThan age: Duration, now: Instant) -> Int {
        removeAll(olderThan: age.nanoseconds, now: now)
    }
    /// The same for an age in nanoseconds, which takes no arithmetic in 128 bits.
    @discardableResult mutating func removeAll(olderThan age: Int64, now: Instant) -> Int {
        var count = 0
        while oldest >= 0, now.nanoseconds - slots[Int(oldest)].time.nanoseconds >= age {
            remove(slots[Int(oldest)].key)
            count += 1
        }
        return count
    }
    /// Takes out the oldest until there are no more than so many.
    mutating func trim(to count: Int) { while slots.count > count, let (key, _) = first { remove(key) } }

    @discardableResult
    private mutating func add(_ key: Key, _ hash: UInt32, _ value: Value, _ now: Instant) -> Int {
        let place = slots.count
        slots.append(Slot(key: key, value: value, time: now, hash: hash, before: -1, after: -1))
        index.insert(hash, place)
        hook(place)
        return place
    }
    private mutating func hook(_ place: Int) {
        slots[place].before = newest
        slots[place].after = -1
        if newest >= 0 { slots[Int(newest)].after = Int32(place) } else { oldest = Int32(place) }
        newest = Int32(place)
    }
    private mutating func unlink(_ place: Int) {
        let (before, after) = (slots[place].before, slots[place].after)
        if before >= 0 { slots[Int(before)].after = after } else { oldest = after }
        if after >= 0 { slots[Int(after)].before = before } else { newest = before }
    }
}
