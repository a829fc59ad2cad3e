internal import Capture
internal import Text
internal import Wire

extension Summaries {
    /// Returns the summary of a record. Nil if it is no valid message, or if its message has no summary.
    mutating func outline(_ record: borrowing Record, _ bytes: RawSpan) -> Outline? {
        guard record.kind == .message, let message = record.message else { return nil }
        return outline(message, bytes, hint: record.hint)
    }
    /// Returns the text of the summary of a record, see `outline`. It ends with the request that the record answers.
    mutating func text(_ record: borrowing Record, _ bytes: RawSpan) -> String? {
        guard record.kind == .message, let message = record.message else { return nil }
        return text(message, bytes, hint: record.hint, ending: AnswerText.ending(record))
    }
}
