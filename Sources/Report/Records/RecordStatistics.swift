public import Capture
public import Node
import Wire

/// Counts records by name, and what was noticed in them.
public struct RecordStatistics: RecordSink {
    /// Records of one name.
    public struct Count: Hashable, Sendable {
        /// How many.
        public var records = 0
        /// Their bytes.
        public var bytes = 0
    }
    /// Good messages, and incomplete ones under names such as `nano.incomplete`.
    public private(set) var messages: [String: Count] = [:]
    /// Messages that their description refuses, and stretches of bytes that no header declares.
    public private(set) var malformed = Count()
    /// Bytes of good messages.
    public private(set) var explained = 0
    /// Notes by severity, those included that `decode` shows.
    public private(set) var notes: [Severity: Int] = [:]

    /// Nothing counted yet.
    public init() {}

    /// Counts one record.
    public mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        for note in Opened(record, bytes).notes { notes[note.severity, default: 0] &+= 1 }
        if record.kind == .message { explained &+= record.length }
        if record.kind == .malformed {
            malformed.records &+= 1
            malformed.bytes &+= record.length
        } else {
            messages[record.name, default: Count()].records &+= 1
            messages[record.name, default: Count()].bytes &+= record.length
        }
    }
    /// Names with their counts, in the order of the alphabet.
    var sorted: [(name: String, count: Count)] {
        messages.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
    func count(_ severity: Severity) -> Int { notes[severity] ?? 0 }
}
