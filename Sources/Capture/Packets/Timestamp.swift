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
        let second = Self.floor(nanoseconds, 1_000_000_000)
        let day = Self.floor(second, 86_400)
        let (year, month, dayOfMonth) = Self.civil(day)
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
    static func floor(_ a: Int64, _ b: Int64) -> Int64 { a / b &- (a % b < 0 ? 1 : 0) }
    /// Returns the year, month and day of a day counted from 1970-01-01 in the Gregorian calendar. In this calculation
    /// years begin in March, so that the leap day is the last day of its year.
    static func civil(_ day: Int64) -> (Int64, Int64, Int64) {
        let shifted = day &+ 719_468
        let era = floor(shifted, 146_097)
        let inEra = shifted &- era &* 146_097
        let yearOfEra = (inEra &- inEra / 1460 &+ inEra / 36_524 &- inEra / 146_096) / 365
        let inYear = inEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
        let march = (5 &* inYear &+ 2) / 153
        let month = march < 10 ? march &+ 3 : march &- 9
        return (yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0), month, inYear &- (153 &* march &+ 2) / 5 &+ 1)
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
