internal import Network
internal import Node

/// The evidence that a case keeps.
extension CaseRun {
    /// Records the outcome of the current step of the branch. Only the first call for a step counts.
    func recordOutcome(_ state: StepOutcome.State, _ verdict: Verdict, _ p: Problem? = nil) {
        let entry = p?.culprit ?? currentBranch.entry
        guard let number = add(currentBranch, state, verdict, p, entry) else { return }
        currentBranch.began = nil
        if let entry, trace.indices.contains(entry), trace[entry].step == nil { trace[entry].step = number }
    }
    /// Records the outcome of the current step of a branch unless it is recorded already. Returns the number of the
    /// step.
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
    /// Returns the real addresses of both sides of a link if the run keeps evidence.
    func ends(of link: LinkID) -> (local: Endpoint, peer: Endpoint)? {
        options.keepsEvidence ? driver.network.ends(of: link) : nil
    }
    func know(_ ends: (local: Endpoint, peer: Endpoint)?, of c: Channel) {
        guard let ends, connections.indices.contains(c.connection) else { return }
        connections[c.connection].local = ends.local
        connections[c.connection].peer = ends.peer
    }
}
