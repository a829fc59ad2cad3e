internal import Scenario

/// What a case did, in order: entries of its trace, and what its steps came to.
enum EvidenceEvent {
    /// Index in the trace.
    case entry(Int)
    /// Index among the outcomes of steps.
    case step(Int)

    /// All of a case: an outcome stands behind what was in the trace by then.
    static func all(_ r: CaseResult) -> [EvidenceEvent] {
        var out: [EvidenceEvent] = []
        out.reserveCapacity(r.trace.count + r.steps.count)
        var at = 0
        for (i, step) in r.steps.enumerated() {
            let end = max(at, min(step.traced, r.trace.count))
            out += (at..<end).map { .entry($0) }
            at = end
            out.append(.step(i))
        }
        return out + (at..<r.trace.count).map { .entry($0) }
    }
}
