import Node

/// A capture time in nanoseconds since 1970-01-01 00:00 UTC, without leap seconds.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// The nanoseconds since 1970; negative before. The range is from 1677 to 2262.
    public var nanoseconds: Int64
    /// Creates a time from nanoseconds since 1970.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    /// Creates a time from the values in a capture file, clamped to the range of 64 bits of nanoseconds.
    public init(seconds: Int64, nanoseconds: Int64) {
        let (product, over) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overSum) = product.addingReportingOverflow(nanoseconds)
        self.nanoseconds = over || overSum ? (seconds < 0 ? .min : .max) : sum
    }
    /// Returns true if the first time is earlier.
    public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    /// Appends the time to `out` as ISO 8601 in UTC with microseconds, such as `2026-01-02T03:04:05.060123Z`.
    public func write(to out: inout [UInt8]) {
        let second = CalendarTime.floored(nanoseconds, by: 1_000_000_000)
        let day = CalendarTime.floored(second, by: 86_400)
        let (year, month, dayOfMonth) = CalendarTime.civil(day)
        let inDay = second &- day &* 86_400
        let micro = (nanoseconds &- second &* 1_000_000_000) / 1000
        func put(_ number: Int64, _ end: String = "") {
            out.append(0x30 &+ UInt8(truncatingIfNeeded: number / 10))
            out.append(0x30 &+ UInt8(truncatingIfNeeded: number % 10))
            out += end.utf8
        }
        put(year / 100)
        put(year % 100, "-")
        put(month, "-")
        put(dayOfMonth, "T")
        put(inDay / 3600, ":")
        put(inDay / 60 % 60, ":")
        put(inDay % 60, ".")
        put(micro / 10_000)
        put(micro / 100 % 100)
        put(micro % 100, "Z")
    }
    /// Returns the nanoseconds since another time, clamped to 64 bits.
    public func passed(since start: Timestamp) -> Int64 {
        let (difference, over) = nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        return over ? (nanoseconds < 0 ? .min : .max) : difference
    }
    /// Returns the time that is `passed` nanoseconds later, or earlier if negative; clamped to 64 bits.
    public func moved(by passed: Int64) -> Timestamp {
        let (sum, over) = nanoseconds.addingReportingOverflow(passed)
        return Timestamp(nanoseconds: over ? (passed < 0 ? .min : .max) : sum)
    }
    /// Returns the seconds since `start`, with microseconds and sign, such as `+0.060123`.
    public func since(_ start: Timestamp) -> String {
        let micro = passed(since: start) / 1000
        let magnitude = micro.magnitude
        let fraction = String(magnitude % 1_000_000)
        return (micro < 0 ? "-" : "+") + String(magnitude / 1_000_000) + "."
            + String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
    }
}

extension Timestamp: CustomStringConvertible {
    /// The text that `write(to:)` appends.
    public var description: String {
        var out: [UInt8] = []
        write(to: &out)
        return String(decoding: out, as: UTF8.self)
    }
}
