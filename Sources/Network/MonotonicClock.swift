internal import Glibc
public import Node

/// Time since the clock was made, unmoved by changes of the date.
public struct MonotonicClock: Sendable {
    let start: Int64
    /// A clock that begins now.
    public init() { start = Self.read(CLOCK_MONOTONIC) }
    private static func read(_ clock: clockid_t) -> Int64 {
        var t = timespec()
        clock_gettime(clock, &t)
        return Int64(t.tv_sec) &* 1_000_000_000 &+ Int64(t.tv_nsec)
    }
    /// Time since the clock was made.
    public var now: Instant { Instant(nanoseconds: Self.read(CLOCK_MONOTONIC) - start) }
    /// Nanoseconds since 1970.
    public static var date: Int64 { read(CLOCK_REALTIME) }
}
