internal import Node
import Wire

/// The latest events of a node, for queries.
struct EventLog: Sendable {
    private var entries: [Value] = []
    /// The index of the oldest entry once the log is full.
    private var next = 0
    /// All entries, oldest first.
    var all: [Value] { [Value](entries[next...] + entries[..<next]) }
    mutating func add(_ event: Event, _ now: Instant) {
        let entry: Value = .map(
            [.init("event", .text(event.name)), .init("ms", .uint(UInt64(now.nanoseconds / 1_000_000)))] + event.details
        )
        if entries.count < Limits.events { return entries.append(entry) }
        entries[next] = entry
        next = (next + 1) % Limits.events
    }
}
