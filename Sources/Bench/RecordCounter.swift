import Capture
import Wire

/// A counter of records, without the ones that carry others.
struct RecordCounter: RecordSink {
    var messages = 0
    var others = 0
    mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        if record.isMereCarrier { return }
        if record.kind == .message { messages += 1 } else { others += 1 }
    }
}
