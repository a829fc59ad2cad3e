internal import Capture
internal import Node

/// The messages that a view keeps, within a memory limit.
struct MessageStore: Sendable {
    /// A message, with values that are needed often.
    struct Kept: Sendable {
        var message: CapturedMessage
        /// The worst severity of its findings; `.violation` for bytes that are not a message.
        var severity: Severity?
        /// True if there is a violation or a warning, or the bytes are not a message.
        var isRemarkable: Bool { severity == .violation || severity == .warning }
        fileprivate var cost: Int
    }
    /// The number of bytes of a note in addition to its text.
    private static let noteCost = 96

    private(set) var rows = RowQueue<Kept>()
    /// The answers to kept messages, by the numbers of their records.
    private var answers: [Int: AnsweredRequest] = [:]
    /// The approximate number of bytes of all messages.
    private(set) var cost = 0
    /// The maximum number of bytes that are kept.
    let limit: Int
    /// True if the oldest messages are dropped beyond the limit; otherwise newer ones are rejected.
    let keepsNewest: Bool
    /// True if a message was rejected.
    private(set) var isFull = false

    init(limit: Int, keepsNewest: Bool) { (self.limit, self.keepsNewest) = (limit, keepsNewest) }

    /// Keeps a message, and drops others if necessary. Returns false if the message was rejected.
    mutating func add(_ message: CapturedMessage) -> Bool {
        let cost = Self.cost(of: message)
        guard keepsNewest || self.cost + cost <= limit, !isFull else {
            isFull = true
            return false
        }
        rows.append(Kept(message: message, severity: Self.severity(of: message), cost: cost))
        self.cost += cost
        if let request = message.record.answers, let first = rows.first, first.message.record.number <= request.record {
            answers[request.record] = AnsweredRequest(record: message.record.number, after: request.after)
        }
        while self.cost > limit, rows.count > 1, let oldest = rows.first {
            self.cost -= oldest.cost
            answers[oldest.message.record.number] = nil
            rows.removeFirst()
        }
        return true
    }
    /// Returns the line about the answer to a message; nil if no answer is known.
    func answer(to message: CapturedMessage) -> String? {
        answers[message.record.number].map { AnswerText.text(answeredBy: $0.record, after: $0.after) }
    }
    private static func severity(of message: CapturedMessage) -> Severity? {
        guard message.record.kind == .message else { return .violation }
        let bytes = message.bytes.span.bytes
        let notes = DissectedRecord(message.record, bytes, isNeeded: message.record.isRemarkable).notes
        return [Severity.violation, .warning, .info].first { wanted in notes.contains { $0.severity == wanted } }
    }
    /// Returns the number of bytes of a message: the value itself, its contents, and an estimate for the heap.
    private static func cost(of message: CapturedMessage) -> Int {
        let record = message.record
        var sum = MemoryLayout<Kept>.stride + 64 + message.bytes.count
        sum += record.notes.reduce(0) { $0 + noteCost + $1.text.utf8.count + $1.path.utf8.count }
        sum += record.comments.reduce(0) { $0 + 32 + $1.utf8.count }
        sum += 32 * record.parts.count + 40 * record.origins.count + record.path.utf8.count
        return sum + (record.frames.count > 2 ? 32 + 8 * record.frames.count : 0)
    }
}
