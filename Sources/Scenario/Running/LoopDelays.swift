internal import Node

/// The periods in which the harness did not read the network although data may have arrived or a step may have been
/// due. This lateness is the harness's own, so no node is blamed for it. All cases of a run share one list, because
/// they share a thread.
final class LoopDelays {
    /// The shortest period that counts. A shorter one is normal processing time.
    static var shortest: Duration { .milliseconds(20) }
    private var all: [(from: Instant, to: Instant)] = []

    /// Records that the harness did not read the network between two moments.
    func add(_ from: Instant, _ to: Instant) { if to - from > Self.shortest { all.append((from, to)) } }
    /// Returns the longest delay between two moments. Only the part between them counts.
    func longest(from: Instant, to: Instant) -> Duration {
        var longest = Duration.zero
        for d in all.reversed() {
            // The list is in the order of the ends.
            if d.to <= from { break }
            longest = max(longest, min(d.to, to) - max(d.from, from))
        }
        return longest
    }
    /// Returns the beginning of the delay that includes a moment; the moment itself if no delay includes it.
    func beginning(at moment: Instant) -> Instant {
        for d in all.reversed() {
            if d.to < moment { break }
            if d.from <= moment { return d.from }
        }
        return moment
    }
    /// Removes the delays that ended earlier. They are not asked for any more.
    func forget(before: Instant) { all.removeAll { $0.to < before } }
}

/// The lateness with which the steps of a case ended. The following steps are late by the same amount.
struct Lag {
    private var all: [(at: Instant, by: Duration)] = []
    /// The moment up to which lateness is counted or excused.
    private(set) var counted: Instant

    init(since: Instant) { counted = since }
    /// Records that a step ended now instead of at `due`.
    mutating func add(due: Instant, now: Instant) {
        let due = max(due, counted)
        guard now - due > LoopDelays.shortest else { return }
        all.append((now, now - due))
        counted = now
    }
    /// Excuses all lateness until now.
    mutating func excuse(until now: Instant) { counted = now }
    /// Returns the lateness of the case at a moment.
    func sum(until: Instant) -> Duration { all.reduce(.zero) { $1.at <= until ? $0 + $1.by : $0 } }
}
