import Node
import Wire

/// A point in time that hosts exchange: nanoseconds since 1970. A time out of range becomes the nearest one in range.
struct UnixTime: Hashable, Comparable, Sendable {
    var nanoseconds: Int64

    init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    init(_ time: Timestamp) {
        let (product, over) = (time.seconds ?? 0).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overSum) = product.addingReportingOverflow(Int64(time.nanos ?? 0))
        nanoseconds = over || overSum ? ((time.seconds ?? 0) < 0 ? .min : .max) : sum
    }
    static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
    /// Returns the time from an earlier time to this one. Times out of range give the longest time.
    func passed(since start: Self) -> Duration {
        let (passed, over) = nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        return .nanoseconds(over ? .max : passed)
    }
    /// The time in the form of messages.
    var timestamp: Timestamp {
        var seconds = nanoseconds / 1_000_000_000
        var nanos = nanoseconds % 1_000_000_000
        if nanos < 0 { (seconds, nanos) = (seconds - 1, nanos + 1_000_000_000) }
        var time = Timestamp()
        time.seconds = seconds
        if nanos != 0 { time.nanos = Int32(nanos) }
        return time
    }
}

/// A conversion between instants of a driver and calendar time, because nodes read no clock.
struct HostClock: Sendable {
    /// The calendar time of `Instant.zero`.
    let beginning: UnixTime

    func time(_ now: Instant) -> UnixTime {
        let (sum, over) = beginning.nanoseconds.addingReportingOverflow(now.nanoseconds)
        return UnixTime(nanoseconds: over ? .max : sum)
    }
    /// Returns the instant of a calendar time: `zero` for earlier times, `never` for times out of range.
    func instant(_ time: UnixTime) -> Instant {
        let (passed, over) = time.nanoseconds.subtractingReportingOverflow(beginning.nanoseconds)
        if over { return time.nanoseconds < 0 ? .zero : .never }
        return Instant(nanoseconds: max(0, passed))
    }
}
