internal import Capture

/// How the time of a record is written in forms for people (`decode --time`); JSON always has it in ISO 8601.
public enum RecordTime: String, CaseIterable, Sendable {
    /// Seconds since the first packet of the capture.
    case relative
    /// Seconds since the record that was written before; 0 for the first.
    case delta
    /// Date and time in UTC, ISO 8601 with microseconds.
    case absolute
    /// Seconds since 1970-01-01 00:00 UTC.
    case epoch

    /// What `tshark -t` calls these; nil for other words. Times of day are UTC here, as those of its `u`.
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

/// Writes the times of records, one after the other.
struct RecordClock {
    let form: RecordTime
    private var last: Timestamp?

    init(_ form: RecordTime) { self.form = form }
    /// The time of the next record that is written.
    mutating func text(_ record: borrowing Record) -> String {
        guard let start = start(of: record) else { return "\(record.time)" }
        let text = record.time.since(start)
        return form == .epoch ? String(text.trimmingPrefix("+")) : text
    }
    /// What the time of the next record that is written is counted from; nil where it is a date.
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
