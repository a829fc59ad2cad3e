/// Cases that heard nothing, and what failed after them, until it is known whether the node is still there. It is asked when no
/// case runs: a node that is busy, or cut off for a case, is not gone, and who waits for the answer would be late for
/// everything else.
struct NodeAbsence {
    /// What became of the node; then no further case begins.
    private(set) var reason: String?
    private var held: [(job: Job, result: CaseResult)] = []
    /// No case begins before the node was asked.
    var isOpen: Bool { !held.isEmpty }
    /// Of the first case that waits.
    var scenario: Scenario? { held.first?.result.scenario }

    /// Keeps back what cannot be told yet; gives back what can.
    mutating func hold(_ job: Job, _ result: CaseResult) -> CaseResult? {
        let isDoubtful = isOpen && (result.verdict == .fail || result.verdict == .error)
        guard reason == nil, result.hasHeardNothing || isDoubtful else { return result }
        held.append((job, result))
        return nil
    }
    /// Takes what the node was asked, `nil` when it answered or nobody asked, and gives back what was kept. The first of them
    /// keeps its verdict when the node is gone: the node ended by it, or by one before it. The others could not be judged.
    mutating func settle(_ answer: String?) -> [(job: Job, result: CaseResult)] {
        defer { held = [] }
        reason = answer
        guard let answer else { return held }
        return held.indices.map { i in
            var (job, r) = held[i]
            // Who could not even begin has done the node nothing.
            if i > 0 || r.verdict == .error { r.verdict = .inconc }
            r.problem?.reason +=
                i > 0
                ? "; by then the node was gone (\(answer))"
                : "; now the node is gone (\(answer)), by this case or one before it"
            return (job, r)
        }
    }
}
