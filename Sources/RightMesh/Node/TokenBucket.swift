internal import Node

/// A token bucket: its capacity may be taken at once, and tokens return with time.
struct TokenBucket: Sendable {
    /// The capacity of a bucket, and the number of tokens that return each second.
    struct Size: Sendable {
        var capacity: Int
        var perSecond: Int
    }
    /// The number of tokens in the bucket; negative if more were taken than it held.
    private(set) var level: Int
    /// The time up to which returned tokens have been counted.
    private var time: Instant

    /// Creates a full bucket.
    init(_ size: Size, _ now: Instant) { (level, time) = (size.capacity, now) }

    /// Adds the tokens that have returned.
    mutating func fill(_ size: Size, _ now: Instant) {
        let passed = now.nanoseconds - time.nanoseconds
        guard passed > 0 else { return }
        let missing = size.capacity - level
        let (tokens, over) = passed.multipliedReportingOverflow(by: Int64(size.perSecond))
        let back = Int(tokens / 1_000_000_000)
        guard !over, back < missing else {
            (level, time) = (max(level, size.capacity), now)
            return
        }
        level += back
        // A fraction of a token is kept for later.
        time = Instant(nanoseconds: time.nanoseconds + Int64(back) * 1_000_000_000 / Int64(size.perSecond))
    }
    /// Returns the number of tokens, including those that have returned.
    mutating func available(_ size: Size, _ now: Instant) -> Int {
        fill(size, now)
        return level
    }
    /// Takes tokens, even if the bucket holds fewer.
    mutating func take(_ tokens: Int) { level -= tokens }
}
