internal import Capture
internal import Node

/// The messages that a view keeps, within a bound.
struct MessageStore: Sendable {
    /// A message, and what is asked for often.
    struct Kept: Sendable {
        var message: CapturedMessage
        /// The worst of what is worth telling of it; `.violation` for bytes that are no message.
        var severity: Severity?
        /// A violation or a warning, or no message.
        var isRemarkable: Bool { severity == .violation || severity == .warning }
        fileprivate var cost: Int
    }
    /// Bytes that a note takes beside its text.
    private static let noteCost = 96

    private(set) var rows = RowQueue<Kept>()
    /// Bytes that they take, as far as they can be counted.
    private(set) var cost = 0
    /// More bytes are not kept.
    let limit: Int
    /// Beyond the limit the oldest go; else no newer ones are taken.
    let keepsNewest: Bool
    /// Some were not taken.
    private(set) var isFull = false

    init(limit: Int, keepsNewest: Bool) { (self.limit, self.keepsNewest) = (limit, keepsNewest) }

    /// Keeps a message, and drops others in its favour. False when it was not kept.
    mutating func add(_ message: CapturedMessage) -> Bool {
        let cost = Self.cost(of: message)
        guard keepsNewest || self.cost + cost <= limit, !isFull else {
            isFull = true
            return false
        }
        rows.append(Kept(message: message, severity: Self.severity(of: message), cost: cost))
        self.cost += cost
        while self.cost > limit, rows.count > 1, let oldest = rows.first {
            self.cost -= oldest.cost
            rows.removeFirst()
        }
        return true
    }
    private static func severity(of message: CapturedMessage) -> Severity? {
        guard message.record.kind == .message else { return .violation }
        let bytes = message.bytes.span.bytes
        let notes = DissectedRecord(message.record, bytes, isNeeded: message.record.isRemarkable).notes
        return [Severity.violation, .warning, .info].first { wanted in notes.contains { $0.severity == wanted } }
    }
    /// Bytes that a message takes: itself, what it holds, and some for the heap.
    private static func cost(of message: CapturedMessage) -> Int {
        let record = message.record
        var sum = MemoryLayout<Kept>.stride + 64 + message.bytes.count
        sum += record.notes.reduce(0) { $0 + noteCost + $1.text.utf8.count + $1.path.utf8.count }
        sum += record.comments.reduce(0) { $0 + 32 + $1.utf8.count }
        sum += 32 * record.parts.count + 40 * record.origins.count + record.path.utf8.count
        return sum + (record.frames.count > 2 ? 32 + 8 * record.frames.count : 0)
    }
}
