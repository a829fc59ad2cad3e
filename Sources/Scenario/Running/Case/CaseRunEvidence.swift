internal import Network
internal import Node

/// What is kept for evidence.
extension CaseRun {
    /// Keeps what the step at the top of the branch came to: the first word counts.
    func recordOutcome(_ state: StepOutcome.State, _ verdict: Verdict, _ p: Problem? = nil) {
        let entry = p?.culprit ?? currentBranch.entry
        guard let number = add(currentBranch, state, verdict, p, entry) else { return }
        currentBranch.began = nil
        if let entry, trace.indices.contains(entry), trace[entry].step == nil { trace[entry].step = number }
    }
    /// Keeps what the step at the top of a branch came to, unless that is kept already; gives its number.
    @discardableResult
    func add(
        _ b: RunningBranch, _ state: StepOutcome.State, _ verdict: Verdict, _ p: Problem?, _ entry: Int?
    ) -> Int? {
        guard let step = b.step, let began = b.began else { return nil }
        if outcomes.count >= Self.maximumOutcomes {
            untoldSteps += 1
            return step.number
        }
        outcomes.append(
            StepOutcome(
                number: step.number, began: began - scope.start, ended: driver.now - scope.start,
                state: state, verdict: verdict, reason: p.map { hidden($0).reason }, entry: entry, traced: trace.count))
        return step.number
    }
    /// Real addresses of the ends of a link, for those who want them.
    func ends(of link: LinkID) -> (local: Endpoint, peer: Endpoint)? {
        options.keepsEvidence ? driver.network.ends(of: link) : nil
    }
    func know(_ ends: (local: Endpoint, peer: Endpoint)?, of c: Channel) {
        guard let ends, connections.indices.contains(c.connection) else { return }
        connections[c.connection].local = ends.local
        connections[c.connection].peer = ends.peer
    }
}
