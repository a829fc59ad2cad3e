import Node
import Wire

/// Payloads that one side sent in the last time, known again by 64 bits: for onlookers, which must keep up with a link
/// and only mention what comes twice. A node, which drops it, keeps real digests (`Duplicates`).
struct RecentPayloads: Sendable {
    /// Payloads that are remembered; the oldest goes when there is no room. A power of two.
    static let capacity = 1024

    private struct Entry {
        var digest: UInt64
        var time: Instant
    }
    /// A ring: the oldest stands at `head`. Grows by doubling, so that a silent side has none.
    private var ring: [Entry] = []
    private var head = 0
    private var count = 0
    /// A hash table, open addressing, over the ring: one more than a place in it, 0 for none. Twice as long as the ring.
    private var slots: [UInt16] = []
    let lifetime: Duration
    private let nanoseconds: Int64

    init(lifetime: Duration) {
        self.lifetime = lifetime
        nanoseconds = lifetime.nanoseconds
    }

    /// Remembers a payload; false when the same one came not long ago.
    mutating func isNew(_ payload: RawSpan, now: Instant) -> Bool {
        let digest = Self.digest(payload)
        while count > 0, isOver(ring[head].time, now) { forgetOldest() }
        if count > 0, find(digest) { return false }
        if count == ring.count {
            if count < Self.capacity { grow() } else { forgetOldest() }
        }
        let place = (head &+ count) & (ring.count &- 1)
        ring[place] = Entry(digest: digest, time: now)
        count &+= 1
        link(place)
        return true
    }
    private func isOver(_ time: Instant, _ now: Instant) -> Bool {
        let (end, over) = time.nanoseconds.addingReportingOverflow(nanoseconds)
        return !over && end <= now.nanoseconds
    }
    private func find(_ digest: UInt64) -> Bool {
        let mask = slots.count &- 1
        var i = Int(truncatingIfNeeded: digest) & mask
        while slots[i] != 0 {
            if ring[Int(slots[i]) &- 1].digest == digest { return true }
            i = (i &+ 1) & mask
        }
        return false
    }
    private mutating func link(_ place: Int) {
        let mask = slots.count &- 1
        var i = Int(truncatingIfNeeded: ring[place].digest) & mask
        while slots[i] != 0 { i = (i &+ 1) & mask }
        slots[i] = UInt16(truncatingIfNeeded: place &+ 1)
    }
    private mutating func forgetOldest() {
        let mask = slots.count &- 1
        var hole = Int(truncatingIfNeeded: ring[head].digest) & mask
        while Int(slots[hole]) != head &+ 1 { hole = (hole &+ 1) & mask }
        // Those behind move up, so that no search ends too early.
        var i = (hole &+ 1) & mask
        while slots[i] != 0 {
            let home = Int(truncatingIfNeeded: ring[Int(slots[i]) &- 1].digest) & mask
            if (i &- home) & mask >= (i &- hole) & mask {
                slots[hole] = slots[i]
                hole = i
            }
            i = (i &+ 1) & mask
        }
        slots[hole] = 0
        head = (head &+ 1) & (ring.count &- 1)
        count &-= 1
    }
    private mutating func grow() {
        let old = (0..<count).map { ring[(head &+ $0) & (ring.count &- 1)] }
        let size = max(8, 2 &* count)
        ring = old + [Entry](repeating: Entry(digest: 0, time: .zero), count: size &- count)
        slots = [UInt16](repeating: 0, count: 2 &* size)
        head = 0
        for place in 0..<count { link(place) }
    }

    // 64 bits over a payload, 32 bytes at a time: products of 64 by 64 bits, their halves folded together. Nobody who
    // makes up messages knows the seed, so nobody can make two that look the same.

    private static let seed = {
        var random = SystemRandomNumberGenerator()
        return (random.next(), random.next(), random.next(), random.next())
    }()
    @inline(__always)
    private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (high, low) = a.multipliedFullWidth(by: b)
        return high ^ low
    }
    private static func digest(_ bytes: RawSpan) -> UInt64 {
        var (a, b, c, d) = seed
        let count = bytes.byteCount
        // Within what is there: no offset goes beyond `count` less the width of a word.
        func word(_ at: Int) -> UInt64 {
            unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
        }
        let key = (c, d)
        var at = 0
        while count &- at >= 32 {
            a = fold(word(at) ^ key.0, word(at &+ 8) ^ a)
            b = fold(word(at &+ 16) ^ key.1, word(at &+ 24) ^ b)
            at &+= 32
        }
        while count &- at >= 8 {
            c = fold(word(at) ^ key.0, c ^ key.1)
            at &+= 8
        }
        while at < count {
            let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            d = fold(d ^ UInt64(byte), key.0)
            at &+= 1
        }
        return fold(fold(a ^ UInt64(count), b ^ key.0), fold(c ^ key.1, d ^ key.0) ^ key.1)
    }
}
