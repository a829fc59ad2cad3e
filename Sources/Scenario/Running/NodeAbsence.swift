internal import Node

/// Cases that heard nothing, and what failed after them, until it is known whether the node is still there. It is asked
/// when no case runs: a node that is busy, or cut off for a case, is not gone, and who waits for the answer would be
/// late for everything else.
struct NodeAbsence {
    /// What became of the node; then no further case begins.
    private(set) var reason: String?
    private var held: [(job: Job, result: CaseResult)] = []
    /// A case that gave the node so much to do that it may still be at it: the next one begins when it answers.
    private var exhausting: Scenario?
    /// Results wait until the node was asked.
    var holdsResults: Bool { !held.isEmpty }
    /// No case begins before the node was asked.
    var isOpen: Bool { scenario != nil }
    /// Of the first case that waits, or is waited for.
    var scenario: Scenario? { held.first?.result.scenario ?? exhausting }

    /// Datagrams are sent whether or not the node has got to those before: what a case left behind is the next one's to
    /// wait for.
    mutating func follow(_ scenario: Scenario, _ transport: Transport) {
        if scenario.isAlone, transport == .udp { exhausting = scenario }
    }

    /// Keeps back what cannot be told yet; gives back what can.
    mutating func hold(_ job: Job, _ result: CaseResult) -> CaseResult? {
        let isDoubtful = holdsResults && [.fail, .warn, .error].contains(result.verdict)
        guard reason == nil, result.hasHeardNothing || isDoubtful else { return result }
        held.append((job, result))
        return nil
    }
    /// Takes what the node was asked, `nil` when it answered, and gives back what was kept. The first of them keeps its
    /// verdict when the node is gone: the node ended by it, or by one before it. The others could not be judged.
    mutating func settle(_ answer: String?) -> [(job: Job, result: CaseResult)] {
        reason = answer
        exhausting = nil
        return release(
            answer.map {
                ("now the node is gone (\($0)), by this case or one before it", "by then the node was gone (\($0))")
            })
    }
    /// Nobody asks the node any more: the same, for it may be gone.
    mutating func interrupt() -> [(job: Job, result: CaseResult)] {
        let why = "the run was interrupted before the node was asked whether it is still there"
        return release((why, why))
    }
    private mutating func release(_ why: (first: String, others: String)?) -> [(job: Job, result: CaseResult)] {
        defer { held = [] }
        guard let why else { return held }
        return held.indices.map { i in
            var (job, r) = held[i]
            // Who could not even begin has done the node nothing.
            if i > 0 || r.verdict == .error { r.verdict = .inconc }
            r.problem?.reason += "; " + (i > 0 ? why.others : why.first)
            return (job, r)
        }
    }
}
