internal import Node

/// A hash table that keeps the order in which its values were last set or touched, and the times.
struct ExpiringLRU<Key: ExpiringKey, Value: Sendable>: Sendable {
    private struct Slot: Sendable {
        var key: Key
        var value: Value
        var time: Instant
        var hash: UInt32
        /// The adjacent slots in the order; -1 at its end.
        var before: Int32
        var after: Int32
    }
    private var index = HashIndex()
    private let seed = HashSeed()
    /// The values without gaps: when a value is removed, the last one moves to its slot.
    private var slots: [Slot] = []
    /// The ends of the order; -1 if the table is empty.
    private var oldest: Int32 = -1
    private var newest: Int32 = -1

    /// The number of values.
    var count: Int { slots.count }
    /// Returns the value of a key.
    subscript(_ key: Key) -> Value? { slot(of: key).map { slots[$0].value } }
    /// Returns true if the key has a value.
    func has(_ key: Key) -> Bool { slot(of: key) != nil }
    /// The key and time of the oldest value.
    var first: (key: Key, time: Instant)? {
        oldest < 0 ? nil : (slots[Int(oldest)].key, slots[Int(oldest)].time)
    }
    /// All values, oldest first.
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
    /// Returns the slot of a key, or nil if the key has no value. It is valid until a value is removed.
    func slot(of key: Key) -> Int? { slots.isEmpty ? nil : find(key, hash(key)) }
    /// The value in a slot, which can be changed in place.
    subscript(at slot: Int) -> Value {
        _read { yield slots[slot].value }
        _modify { yield &slots[slot].value }
    }
    @inline(__always)
    private func hash(_ key: Key) -> UInt32 {
        var hash = WordHash(seed)
        key.add(to: &hash)
        return hash.value
    }
    @inline(__always)
    private func find(_ key: Key, _ hash: UInt32) -> Int? { index.find(hash) { slots[$0].key == key } }

    /// Sets the value of a key, which becomes the newest.
    mutating func set(_ key: Key, _ value: Value, at now: Instant) {
        let hash = hash(key)
        if let known = find(key, hash) {
            slots[known].value = value
            touch(at: known, now)
        } else {
            add(key, hash: hash, value, at: now)
        }
    }
    /// Returns the slot of a key. If the key has no value, `value` is inserted. The value becomes the newest.
    mutating func slot(of key: Key, at now: Instant, orNew value: @autoclosure () -> Value) -> Int {
        let hash = hash(key)
        guard let known = find(key, hash) else { return add(key, hash: hash, value(), at: now) }
        touch(at: known, now)
        return known
    }
    /// Makes the value in a slot the newest.
    mutating func touch(at slot: Int, _ now: Instant) {
        slots[slot].time = now
        guard newest != slot else { return }
        unlink(slot)
        hook(slot)
    }
    @discardableResult mutating func remove(_ key: Key) -> Value? {
        guard let slot = slot(of: key) else { return nil }
        index.remove(slots[slot].hash, slot)
        unlink(slot)
        let last = slots.count - 1
        if slot != last {
            slots.swapAt(slot, last)
            let (before, after) = (Int(slots[slot].before), Int(slots[slot].after))
            if before >= 0 { slots[before].after = Int32(slot) } else { oldest = Int32(slot) }
            if after >= 0 { slots[after].before = Int32(slot) } else { newest = Int32(slot) }
            index.move(slots[slot].hash, from: last, to: slot)
        }
        let gone = slots.removeLast().value
        if slots.capacity > 1024, slots.count < slots.capacity / 4 { shrink() }
        return gone
    }
    /// Releases unused memory.
    private mutating func shrink() {
        var kept: [Slot] = []
        kept.reserveCapacity(2 * slots.count)
        kept += slots
        slots = kept
        index = HashIndex()
        for i in slots.indices { index.insert(slots[i].hash, i) }
    }
    /// Removes all values that were last set or touched at least `age` ago. Returns their number.
    @discardableResult mutating func removeAll(olderThan age: Duration, now: Instant) -> Int {
        removeAll(olderThan: age.nanoseconds, now: now)
    }
    /// Does the same for an age in nanoseconds, which avoids 128-bit arithmetic.
    @discardableResult mutating func removeAll(olderThan age: Int64, now: Instant) -> Int {
        var count = 0
        while oldest >= 0, now.nanoseconds - slots[Int(oldest)].time.nanoseconds >= age {
            remove(slots[Int(oldest)].key)
            count += 1
        }
        return count
    }
    /// Removes the oldest values until at most `count` are left.
    mutating func trim(to count: Int) { while slots.count > count, let (key, _) = first { remove(key) } }

    @discardableResult
    private mutating func add(_ key: Key, hash: UInt32, _ value: Value, at now: Instant) -> Int {
        let slot = slots.count
        slots.append(Slot(key: key, value: value, time: now, hash: hash, before: -1, after: -1))
        index.insert(hash, slot)
        hook(slot)
        return slot
    }
    private mutating func hook(_ slot: Int) {
        slots[slot].before = newest
        slots[slot].after = -1
        if newest >= 0 { slots[Int(newest)].after = Int32(slot) } else { oldest = Int32(slot) }
        newest = Int32(slot)
    }
    private mutating func unlink(_ slot: Int) {
        let (before, after) = (slots[slot].before, slots[slot].after)
        if before >= 0 { slots[Int(before)].after = after } else { oldest = after }
        if after >= 0 { slots[Int(after)].before = before } else { newest = before }
    }
}
