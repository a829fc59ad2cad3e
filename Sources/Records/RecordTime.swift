internal import Capture

/// The form of the time of a record in output for people (`decode --time`). JSON always uses ISO 8601.
public enum RecordTime: String, CaseIterable, Sendable {
    /// Seconds since the first packet of the capture.
    case relative
    /// Seconds since the previously written record; 0 for the first.
    case delta
    /// Date and time in UTC, ISO 8601 with microseconds.
    case absolute
    /// Seconds since 1970-01-01 00:00 UTC.
    case epoch

    /// Makes the form for a word of `tshark -t`; nil for other words. Times of day are always UTC here, like the ones
    /// of its `u`.
    public init?(tshark word: String) {
        switch word {
        case "r": self = .relative
        case "d", "dd": self = .delta
        case "a", "ad", "u", "ud": self = .absolute
        case "e": self = .epoch
        default: return nil
        }
    }
}

/// A formatter of the times of consecutive records.
struct RecordClock {
    let form: RecordTime
    private var last: Timestamp?

    init(_ form: RecordTime) { self.form = form }
    /// Returns the time of the next written record.
    mutating func text(_ record: borrowing Record) -> String {
        guard let start = start(of: record) else { return "\(record.time)" }
        let text = record.time.since(start)
        return form == .epoch ? String(text.trimmingPrefix("+")) : text
    }
    /// Returns the origin of the time of the next written record; nil if the time is a date.
    mutating func start(of record: borrowing Record) -> Timestamp? {
        switch form {
        case .relative: return record.start
        case .delta:
            defer { last = record.time }
            return last ?? record.time
        case .absolute: return nil
        case .epoch: return Timestamp(nanoseconds: 0)
        }
    }
}
