import Capture
import Network

/// Dates of the calendar, in UTC.
enum Day {
    /// Today, as `YYYY-MM-DD`.
    static var today: String { String(now.prefix(10)) }
    /// The current time, as `YYYY-MM-DDTHH:MM:SSZ`.
    static var now: String { String(Timestamp(nanoseconds: MonotonicClock.date).description.prefix(19)) + "Z" }
}
