import Network

/// Days of the calendar, in UTC.
enum Day {
    /// `YYYY-MM-DD`.
    static var today: String { text(days: MonotonicClock.date / 86_400_000_000_000) }

    /// This moment, `YYYY-MM-DDTHH:MM:SSZ`.
    static var now: String {
        let seconds = MonotonicClock.date / 1_000_000_000
        func two(_ n: Int64) -> String { (n < 10 ? "0" : "") + String(n) }
        let time = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map(two).joined(separator: ":")
        return "\(text(days: seconds / 86_400))T\(time)Z"
    }
    /// The day that many days after 1970-01-01 (the civil calendar, by eras of 400 years).
    static func text(days: Int64) -> String {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let doe = z - era * 146_097
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
        let mp = (5 * doy + 2) / 153
        let day = doy - (153 * mp + 2) / 5 + 1
        let month = mp < 10 ? mp + 3 : mp - 9
        let year = yoe + era * 400 + (month <= 2 ? 1 : 0)
        func pad(_ n: Int64, _ width: Int) -> String {
            String(repeating: "0", count: max(0, width - String(n).count)) + String(n)
        }
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))"
    }
}
