internal import Network
internal import Node

/// What is kept for evidence.
extension CaseRun {
    /// Keeps what the step at the top of the branch came to: the first word counts.
    func told(_ state: StepOutcome.State, _ verdict: Verdict, _ p: Problem? = nil) {
        guard record != nil, let step = currentBranch.step, let began = currentBranch.began else { return }
        let entry = p?.culprit ?? currentBranch.entry
        record?.add(
            StepOutcome(
                number: step.number, began: began - scope.start, ended: driver.now - scope.start,
                state: state, verdict: verdict, reason: p.map { hidden($0).reason }, entry: entry, traced: trace.count))
        currentBranch.began = nil
        if let entry, trace.indices.contains(entry), trace[entry].step == nil { trace[entry].step = step.number }
    }
    /// A branch ends while its step waits.
    func tellUnfinished(_ l: RunningBranch) {
        guard record != nil, let began = l.began, let step = l.step else { return }
        record?.add(
            StepOutcome(
                number: step.number, began: began - scope.start, ended: driver.now - scope.start, state: .unfinished,
                verdict: .none, reason: nil, entry: l.entry, traced: trace.count))
    }
    /// Real addresses of the ends of a link, for those who want them.
    func ends(of link: LinkID) -> (local: Endpoint, peer: Endpoint)? {
        record == nil ? nil : driver.network.ends(of: link)
    }
    func know(_ ends: (local: Endpoint, peer: Endpoint)?, of c: Channel) {
        guard let ends, connections.indices.contains(c.connection) else { return }
        connections[c.connection].local = ends.local
        connections[c.connection].peer = ends.peer
    }
}
