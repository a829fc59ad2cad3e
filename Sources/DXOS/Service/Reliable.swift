import Node
import Wire

/// Messages that are repeated until they are acknowledged (messenger.ts).
struct ReliableOutbox: Sendable {
    private struct Entry: Sendable {
        var message: SignalMessage
        var next: Instant
        var delay: Duration
        var end: Instant
    }
    private var all: [[UInt8]: Entry] = [:]
    /// The time from the first copy to the second; it doubles each time.
    private let first: Duration
    /// The time from the first copy until the message is given up.
    static let patience = Duration.seconds(10)

    init(first: Duration) { self.first = first }
    var deadline: Instant? { all.values.map { min($0.next, $0.end) }.min() }
    /// Adds a message that was sent for the first time.
    mutating func add(_ id: [UInt8], _ message: SignalMessage, _ now: Instant) {
        all[id] = Entry(message: message, next: now + first, delay: first, end: now + Self.patience)
    }
    /// Removes an acknowledged message. Returns false if it was not sent, or acknowledged or given up before.
    mutating func acknowledge(_ id: [UInt8]) -> Bool { all.removeValue(forKey: id) != nil }
    /// Returns the messages to send again, and the ids of messages that are given up.
    mutating func wake(_ now: Instant) -> (again: [SignalMessage], failed: [[UInt8]]) {
        var again: [SignalMessage] = []
        var failed: [[UInt8]] = []
        for (id, entry) in all.sorted(by: { $0.key.hex < $1.key.hex }) {
            if entry.end <= now {
                all[id] = nil
                failed.append(id)
            } else if entry.next <= now {
                again.append(entry.message)
                all[id]?.delay = entry.delay + entry.delay
                all[id]?.next = entry.next + entry.delay + entry.delay
            }
        }
        return (again, failed)
    }
}

/// The ids of received reliable messages, kept for at least `memory`. If there are more than `limit`, the older half is
/// dropped.
struct ReliableInbox: Sendable {
    private var recent: Set<[UInt8]> = []
    private var older: Set<[UInt8]> = []
    private var turn = Instant.zero
    static let memory = Duration.seconds(120)
    static let limit = 1 << 16

    /// Records a message. Returns true if this is the first copy.
    mutating func take(_ id: [UInt8], _ now: Instant) -> Bool {
        if now - turn >= Self.memory || recent.count >= Self.limit { (older, recent, turn) = (recent, [], now) }
        return !older.contains(id) && recent.insert(id).inserted
    }
}
