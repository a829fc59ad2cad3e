internal import Node

/// Values by their keys, in the order in which they were put in or touched last.
struct AgingTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Slot: Sendable {
        var key: Key
        /// Nil while the slot is free.
        var value: Value?
        var time: Instant
        var before: Int
        var after: Int
    }
    private var places: [Key: Int] = [:]
    private var slots: [Slot] = []
    private var free: [Int] = []
    /// Ends of the order; -1 when there is none.
    private var oldest = -1
    private var newest = -1

    /// How many there are.
    var count: Int { places.count }
    /// The value of a key.
    subscript(_ key: Key) -> Value? { places[key].flatMap { slots[$0].value } }
    /// Whether there is one of this key.
    func has(_ key: Key) -> Bool { places[key] != nil }
    /// The one that was put in or touched before all others, and when.
    var first: (key: Key, time: Instant)? { oldest < 0 ? nil : (slots[oldest].key, slots[oldest].time) }
    /// All, oldest first.
    var all: [(key: Key, value: Value, time: Instant)] {
        var out: [(key: Key, value: Value, time: Instant)] = []
        var i = oldest
        while i >= 0 {
            if let value = slots[i].value { out.append((slots[i].key, value, slots[i].time)) }
            i = slots[i].after
        }
        return out
    }

    /// Puts a value in, or in the place of the one that has its key; it is the newest then.
    mutating func set(_ key: Key, _ value: Value, at now: Instant) {
        let i: Int
        if let known = places[key] {
            i = known
            unlink(i)
            slots[i].value = value
        } else {
            let slot = Slot(key: key, value: value, time: now, before: -1, after: -1)
            if let reused = free.popLast() {
                slots[reused] = slot
                i = reused
            } else {
                slots.append(slot)
                i = slots.count - 1
            }
            places[key] = i
        }
        hook(i, now)
    }
    /// Changes the value of a key, which is the newest then; false when there is none.
    mutating func touch(_ key: Key, at now: Instant, _ change: (inout Value) -> Void) -> Bool {
        guard let i = places[key], var value = slots[i].value.take() else { return false }
        change(&value)
        slots[i].value = value
        unlink(i)
        hook(i, now)
        return true
    }
    /// The value of a key, to be changed and given back at once: nothing of it is copied meanwhile. Nil when there is none.
    mutating func lend(_ key: Key) -> Value? {
        guard let i = places[key] else { return nil }
        return slots[i].value.take()
    }
    /// Puts back what was lent.
    mutating func giveBack(_ key: Key, _ value: Value) { if let i = places[key] { slots[i].value = value } }
    /// Takes a value out.
    @discardableResult mutating func remove(_ key: Key) -> Value? {
        guard let i = places.removeValue(forKey: key) else { return nil }
        unlink(i)
        free.append(i)
        return slots[i].value.take()
    }
    /// Takes out all that were put in or touched `age` ago or before; tells how many that were.
    @discardableResult mutating func removeAll(olderThan age: Duration, now: Instant) -> Int {
        var count = 0
        while let (key, time) = first, time + age <= now {
            remove(key)
            count += 1
        }
        return count
    }
    /// Takes out the oldest until there are no more than so many.
    mutating func trim(to count: Int) { while places.count > count, let (key, _) = first { remove(key) } }

    private mutating func hook(_ i: Int, _ now: Instant) {
        slots[i].time = now
        slots[i].before = newest
        slots[i].after = -1
        if newest >= 0 { slots[newest].after = i } else { oldest = i }
        newest = i
    }
    private mutating func unlink(_ i: Int) {
        let (before, after) = (slots[i].before, slots[i].after)
        if before >= 0 { slots[before].after = after } else { oldest = after }
        if after >= 0 { slots[after].before = before } else { newest = before }
    }
}
