internal import Node

/// A token bucket: so many tokens may be taken at once, and as many as come back with time.
struct TokenBucket: Sendable {
    /// How many it holds, and how many come back each second.
    struct Size: Sendable {
        var capacity: Int
        var perSecond: Int
    }
    /// How many are in it; below zero when more was taken than there was.
    private(set) var level: Int
    /// Until when those that came back have been counted.
    private var time: Instant

    /// A full one.
    init(_ size: Size, _ now: Instant) { (level, time) = (size.capacity, now) }

    /// Counts what has come back.
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
        // What is not yet a whole token goes on to come back.
        time = Instant(nanoseconds: time.nanoseconds + Int64(back) * 1_000_000_000 / Int64(size.perSecond))
    }
    /// How many are in it with what has come back.
    mutating func available(_ size: Size, _ now: Instant) -> Int {
        fill(size, now)
        return level
    }
    /// Takes so many, whether there are as many or not.
    mutating func take(_ tokens: Int) { level -= tokens }
}
