/// A calendar time in UTC.
struct CalendarTime: CustomStringConvertible {
    let milliseconds: Int64

    /// The time in ISO 8601, such as `2026-01-01T00:00:00.000Z`.
    var description: String {
        let (seconds, fraction) = Self.divided(milliseconds, 1000)
        let (days, second) = Self.divided(seconds, 86400)
        // This converts days since 1970-01-01 to the calendar. Years begin in March, so that the leap day is the last
        // one.
        let (era, dayOfEra) = Self.divided(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let day = dayOfYear - (153 * march + 2) / 5 + 1
        let date = [Self.padded(year, 4), Self.padded(month, 2), Self.padded(day, 2)].joined(separator: "-")
        let time = [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, 2) }.joined(separator: ":")
        return "\(date)T\(time).\(Self.padded(fraction, 3))Z"
    }
    /// Divides and rounds down, also below zero.
    private static func divided(_ a: Int64, _ b: Int64) -> (Int64, Int64) {
        let rest = ((a % b) + b) % b
        return ((a - rest) / b, rest)
    }
    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
