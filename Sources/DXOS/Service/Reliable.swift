import Node
import Wire

/// Messages that are repeated until they are acknowledged (messenger.ts).
struct ReliableOutbox: Sendable {
    /// A message without an acknowledgement.
    struct Entry: Sendable {
        var message: SignalMessage
        let begun: Instant
        var end: Instant { begun + ReliableOutbox.patience }
        /// The number of times that it was given to at least one server.
        var copies = 0
        /// The reason for which a server refused the last copy; nil: none refused it.
        var refusal: String?
        fileprivate var next: Instant
        fileprivate var delay: Duration
    }
    private var all: [[UInt8]: Entry] = [:]
    /// The time from the first copy to the second; it doubles each time.
    private let first: Duration
    /// The time from the first copy until the message is given up.
    static let patience = Duration.seconds(10)

    init(first: Duration) { self.first = first }
    var deadline: Instant? { all.values.map { min($0.next, $0.end) }.min() }
    /// The messages with their ids, in the order in which they were sent.
    var entries: [(id: [UInt8], entry: Entry)] {
        all.sorted { $0.value.begun == $1.value.begun ? $0.key.hex < $1.key.hex : $0.value.begun < $1.value.begun }
            .map { ($0.key, $0.value) }
    }
    var count: Int { all.count }
    /// Adds a message that is sent for the first time.
    mutating func add(_ id: [UInt8], _ message: SignalMessage, _ now: Instant) {
        all[id] = Entry(message: message, begun: now, next: now + first, delay: first)
    }
    /// Records that a copy was given to a server.
    mutating func noteCopy(of id: [UInt8]) { all[id]?.copies += 1 }
    /// Records that a server refused a copy. A message that was acknowledged or given up has no entry.
    mutating func noteRefusal(of id: [UInt8], _ reason: String) { all[id]?.refusal = reason }
    /// Removes an acknowledged message. Returns false if it was not sent, or acknowledged or given up before.
    mutating func acknowledge(_ id: [UInt8]) -> Bool { all.removeValue(forKey: id) != nil }
    /// Returns the messages to send again, and removes and returns the messages that are given up.
    mutating func wake(_ now: Instant) -> (again: [[UInt8]], failed: [(id: [UInt8], entry: Entry)]) {
        var again: [[UInt8]] = []
        var failed: [(id: [UInt8], entry: Entry)] = []
        for (id, entry) in all.sorted(by: { $0.key.hex < $1.key.hex }) {
            if entry.end <= now {
                all[id] = nil
                failed.append((id, entry))
            } else if entry.next <= now {
                again.append(id)
                all[id]?.delay = entry.delay + entry.delay
                all[id]?.next = entry.next + entry.delay + entry.delay
            }
        }
        return (again, failed)
    }
    /// Returns a waiting message; nil if none has the id.
    func message(_ id: [UInt8]) -> SignalMessage? { all[id]?.message }
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
