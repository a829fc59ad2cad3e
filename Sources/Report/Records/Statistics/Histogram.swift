/// Counts of sizes or times, from which percentiles are told within a hundredth, those below 256 exactly. Takes at
/// most 30 KiB, however many.
struct Histogram: Hashable, Sendable {
    private(set) var count = 0
    private(set) var least = Int.max
    private(set) var most = 0
    /// For each power of two 128 counts; numbers below 256 have one each. Small, since what is asked for message by
    /// message should stay in the cache.
    private var buckets: [UInt32] = []
    /// What went beyond those, in whole rounds of 2^32, by bucket.
    private var rounds: [Int: Int] = [:]

    /// Counts a number; those below zero count as zero.
    @inline(__always)
    mutating func add(_ value: Int) {
        let n = max(0, value)
        let i = Self.bucket(n)
        if i >= buckets.count { grow(i + 1) }
        buckets[i] &+= 1
        if buckets[i] == 0 { rounds[i, default: 0] += 1 }
        count &+= 1
        least = min(least, n)
        most = max(most, n)
    }
    /// Adds what was counted elsewhere.
    mutating func merge(_ other: Histogram) {
        for (i, n) in other.counts { add(n, to: i) }
        count &+= other.count
        least = min(least, other.least)
        most = max(most, other.most)
    }
    /// Buckets in which there is something, and how much.
    var counts: [(bucket: Int, count: Int)] {
        buckets.enumerated().compactMap { i, n in
            let all = Int(n) &+ (rounds[i] ?? 0) << 32
            return all > 0 ? (i, all) : nil
        }
    }
    init() {}
    /// As it was when it was written; nil where that cannot be.
    init?(_ counts: [(bucket: Int, count: Int)], least: Int, most: Int) {
        for (i, n) in counts {
            guard (0...Self.bucket(.max)).contains(i), n > 0 else { return nil }
            add(n, to: i)
            count &+= n
        }
        guard count == 0 || least >= 0 && least <= most else { return nil }
        if count > 0 { (self.least, self.most) = (least, most) }
    }
    private mutating func add(_ n: Int, to i: Int) {
        if i >= buckets.count { grow(i + 1) }
        let all = Int(buckets[i]) &+ n
        buckets[i] = UInt32(truncatingIfNeeded: all)
        if all >> 32 > 0 { rounds[i, default: 0] += all >> 32 }
    }
    @inline(never)
    private mutating func grow(_ count: Int) { buckets += [UInt32](repeating: 0, count: count - buckets.count) }
    /// The number that so many hundredths of all are not above; nil when there is none.
    func percentile(_ hundredths: Int) -> Int? {
        guard count > 0 else { return nil }
        let (whole, part) = count.quotientAndRemainder(dividingBy: 100)
        let rank = max(1, whole * hundredths + (part * hundredths + 99) / 100)
        var seen = 0
        for (i, n) in buckets.enumerated() {
            seen &+= Int(n) &+ (rounds[i] ?? 0) << 32
            if seen >= rank { return min(most, max(least, Self.upper(i))) }
        }
        return most
    }
    @inline(__always)
    private static func bucket(_ n: Int) -> Int {
        guard n >= 256 else { return n }
        let shift = Int.bitWidth - 1 - n.leadingZeroBitCount - 7
        return 128 * shift + (n >> shift)
    }
    /// The largest number that falls into a bucket.
    private static func upper(_ i: Int) -> Int {
        guard i >= 256 else { return i }
        let shift = i / 128 - 1
        // Not by addition: the last of all is the largest number there is.
        return ((i % 128 + 128) << shift) | ((1 << shift) - 1)
    }
}
