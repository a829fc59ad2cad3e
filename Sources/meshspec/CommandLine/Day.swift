import Capture
import Network

/// Days of the calendar, in UTC.
enum Day {
    /// `YYYY-MM-DD`.
    static var today: String { String(now.prefix(10)) }
    /// This moment, `YYYY-MM-DDTHH:MM:SSZ`.
    static var now: String { String(Timestamp(nanoseconds: MonotonicClock.date).description.prefix(19)) + "Z" }
}
