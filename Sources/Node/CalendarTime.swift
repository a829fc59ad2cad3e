/// A time of the Gregorian calendar in UTC, without leap seconds.
public struct CalendarTime: Sendable {
    public let year: Int64
    /// 1 to 12.
    public let month: Int64
    /// 1 to 31.
    public let day: Int64
    /// The number of nanoseconds since the day began.
    public let nanoseconds: Int64

    /// Creates the time of a number of nanoseconds since 1970-01-01 00:00.
    public init(nanoseconds: Int64) {
        let inDay: Int64 = 86_400_000_000_000
        let days = Self.floored(nanoseconds, by: inDay)
        (year, month, day) = Self.civil(days)
        self.nanoseconds = nanoseconds &- days &* inDay
    }
    /// Returns the time in the form of ISO 8601 and RFC 3339, such as `2026-01-02T03:04:05.060Z`. `decimals`: the number
    /// of decimals of the second, 0 to 9.
    public func text(decimals: Int) -> String {
        func pad(_ number: Int64, _ width: Int = 2) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let second = nanoseconds / 1_000_000_000
        let fraction = pad(nanoseconds % 1_000_000_000, 9).prefix(decimals)
        let date = "\(pad(year, 4))-\(pad(month))-\(pad(day))"
        let time = "\(pad(second / 3600)):\(pad(second / 60 % 60)):\(pad(second % 60))"
        return "\(date)T\(time)" + (decimals > 0 ? ".\(fraction)" : "") + "Z"
    }
    /// Divides and rounds down, also below zero.
    public static func floored(_ a: Int64, by b: Int64) -> Int64 { a / b &- (a % b < 0 ? 1 : 0) }
    /// Returns the year, month and day of a day counted from 1970-01-01. In this calculation years begin in March, so
    /// that the leap day is the last day of its year.
    public static func civil(_ day: Int64) -> (Int64, Int64, Int64) {
        let shifted = day &+ 719_468
        let era = floored(shifted, by: 146_097)
        let inEra = shifted &- era &* 146_097
        let yearOfEra = (inEra &- inEra / 1460 &+ inEra / 36_524 &- inEra / 146_096) / 365
        let inYear = inEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
        let march = (5 &* inYear &+ 2) / 153
        let month = march < 10 ? march &+ 3 : march &- 9
        return (yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0), month, inYear &- (153 &* march &+ 2) / 5 &+ 1)
    }
}
