internal import Glibc
public import Node

/// A clock of the time since its creation, independent of changes of the date.
public struct MonotonicClock: Sendable {
    let start: Int64
    /// Creates a clock that begins now.
    public init() { start = Self.read(CLOCK_MONOTONIC) }
    private static func read(_ clock: clockid_t) -> Int64 {
        var t = timespec()
        clock_gettime(clock, &t)
        return Int64(t.tv_sec) &* 1_000_000_000 &+ Int64(t.tv_nsec)
    }
    /// The time since the clock was created.
    public var now: Instant { Instant(nanoseconds: Self.read(CLOCK_MONOTONIC) - start) }
    /// The nanoseconds since 1970.
    public static var date: Int64 { read(CLOCK_REALTIME) }
}
