internal import Node

/// Times in which the harness did not look at the network although something may have come or been due: its own
/// lateness, of which no node may be blamed. One list for all cases of a run, which share a thread.
final class LoopDelays {
    /// What is shorter is how long things take.
    static var shortest: Duration { .milliseconds(20) }
    private var all: [(from: Instant, to: Instant)] = []

    /// Nobody looked from one moment to another.
    func add(_ from: Instant, _ to: Instant) { if to - from > Self.shortest { all.append((from, to)) } }
    /// The longest one between two moments, of which only the part between them counts.
    func longest(from: Instant, to: Instant) -> Duration {
        var longest = Duration.zero
        for d in all.reversed() {
            // In the order of their ends.
            if d.to <= from { break }
            longest = max(longest, min(d.to, to) - max(d.from, from))
        }
        return longest
    }
    /// Since when nobody had looked at a moment; the moment itself when somebody had.
    func beginning(at moment: Instant) -> Instant {
        for d in all.reversed() {
            if d.to < moment { break }
            if d.from <= moment { return d.from }
        }
        return moment
    }
    /// Those that were over before are asked for no more.
    func forget(before: Instant) { all.removeAll { $0.to < before } }
}

/// How late the steps of a case came to their ends: what follows is sent late by as much.
struct Lag {
    private var all: [(at: Instant, by: Duration)] = []
    /// What was late before is counted, or not the case's.
    private(set) var counted: Instant

    init(since: Instant) { counted = since }
    /// A step is over at a moment that should have been `due`.
    mutating func add(due: Instant, now: Instant) {
        let due = max(due, counted)
        guard now - due > LoopDelays.shortest else { return }
        all.append((now, now - due))
        counted = now
    }
    /// What was until now is nobody's lateness.
    mutating func excuse(until now: Instant) { counted = now }
    /// How late the case was at a moment.
    func sum(until: Instant) -> Duration { all.reduce(.zero) { $1.at <= until ? $0 + $1.by : $0 } }
}
