/// Counts of sizes or times, for percentiles within one percent; values below 256 are exact. It takes at most 30 KiB,
/// regardless of the number of values.
struct Histogram: Hashable, Sendable {
    private(set) var count = 0
    private(set) var least = Int.max
    private(set) var most = 0
    /// The counts. Each power of two has 128 of them; numbers below 256 have one each. The counts are small, because
    /// data that is used for every message should stay in the cache.
    private var buckets: [UInt32] = []
    /// The overflows of these counts, in multiples of 2^32, by bucket.
    private var rounds: [Int: Int] = [:]

    /// Counts a number; negative numbers count as zero.
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
    /// Adds the counts of another histogram.
    mutating func merge(_ other: Histogram) {
        for (i, n) in other.counts { add(n, to: i) }
        count &+= other.count
        least = min(least, other.least)
        most = max(most, other.most)
    }
    /// The buckets that are not empty, with their counts.
    var counts: [(bucket: Int, count: Int)] {
        buckets.enumerated().compactMap { i, n in
            let all = Int(n) &+ (rounds[i] ?? 0) << 32
            return all > 0 ? (i, all) : nil
        }
    }
    init() {}
    /// Restores a histogram from its written form; nil if that is invalid.
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
    /// Returns the smallest value such that this percentage of the numbers is not above it; nil if no number was
    /// counted.
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
    /// Returns the largest number in a bucket.
    private static func upper(_ i: Int) -> Int {
        guard i >= 256 else { return i }
        let shift = i / 128 - 1
        // An addition would overflow: the last bucket ends at the largest number.
        return ((i % 128 + 128) << shift) | ((1 << shift) - 1)
    }
}
