import Capture
import Wire

/// Counts records, without those that carry others.
struct RecordCounter: RecordSink {
    var messages = 0
    var others = 0
    mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        if record.isMereCarrier { return }
        if record.kind == .message { messages += 1 } else { others += 1 }
    }
}
