internal import Node
import Wire

/// What has happened to a node, the latest of it, for those who ask.
struct EventLog: Sendable {
    private var entries: [Value] = []
    /// Where the oldest stands once there is no more room.
    private var next = 0
    /// All that are kept, oldest first.
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
