/// Dates as RFC 3339 writes them, in UTC.
enum RFC3339 {
    /// Returns the text of a number of nanoseconds since 1970, with nine decimals: `2026-01-01T00:00:00.000000000Z`.
    static func text(_ nanoseconds: Int64) -> String {
        let second: Int64 = 1_000_000_000
        let seconds = floored(nanoseconds, second)
        let day = floored(seconds, 86_400)
        let clock = seconds - day * 86_400
        let (year, month, dayOfMonth) = civil(day)
        func pad(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return pad(year, 4) + "-" + pad(month, 2) + "-" + pad(dayOfMonth, 2) + "T" + pad(clock / 3600, 2) + ":"
            + pad(clock / 60 % 60, 2) + ":" + pad(clock % 60, 2) + "." + pad(nanoseconds - seconds * second, 9) + "Z"
    }
    private static func floored(_ number: Int64, _ divisor: Int64) -> Int64 {
        number / divisor - (number % divisor < 0 ? 1 : 0)
    }
    /// Returns year, month and day of a number of days since 1970, by counting from a March 1st, 400 years a cycle.
    private static func civil(_ day: Int64) -> (Int64, Int64, Int64) {
        let shifted = day + 719_468
        let cycle = floored(shifted, 146_097)
        let inCycle = shifted - cycle * 146_097
        let year = (inCycle - inCycle / 1460 + inCycle / 36_524 - inCycle / 146_096) / 365
        let inYear = inCycle - (365 * year + year / 4 - year / 100)
        let month = (5 * inYear + 2) / 153
        let dayOfMonth = inYear - (153 * month + 2) / 5 + 1
        let number = month < 10 ? month + 3 : month - 9
        return (year + cycle * 400 + (number <= 2 ? 1 : 0), number, dayOfMonth)
    }
}
