internal import Scenario

/// An event of a case in chronological order: an entry of its trace, or the outcome of a step.
enum EvidenceEvent {
    /// An index in the trace.
    case entry(Int)
    /// An index among the outcomes of steps.
    case step(Int)

    /// Returns all events of a case. An outcome follows the trace entries that existed when the step ended.
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
