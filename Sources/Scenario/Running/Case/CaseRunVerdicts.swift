internal import Network
internal import Node
internal import Wire

/// The outcomes of steps, as verdicts about the node.
extension CaseRun {
    /// Handles a step that held.
    func held(_ step: Step) {
        set(mark: step.mark)
        if let wanted = step.verdict, wanted != .pass {
            var p = Problem(step.because ?? "step \(step.name) held", step.span)
            p.because = step.because
            guard judge(step, .held, wanted, p, step.requirement) else { return }
        }
        recordOutcome(.held, .pass)
        next()
    }
    /// Handles a step that did not hold. The case continues only after a warning. `preset`: the verdict of a step that
    /// has no requirement and no `else`.
    func failed(_ p: Problem, _ step: Step, unless preset: Verdict? = nil) {
        let use = step.requirement
        var p = p
        p.because = step.because
        let unclaimed = use == nil ? preset : nil
        if judge(step, .failed, step.otherwise ?? unclaimed ?? judgement.verdict(use), p, use) { next() }
    }
    /// Applies the outcome of a step. If the harness's own trouble may be the cause, it is not a verdict about the
    /// node. Returns false if the outcome ended the case.
    func judge(
        _ step: Step, _ state: StepOutcome.State, _ wanted: Verdict, _ p: Problem, _ use: RequirementUse?
    ) -> Bool {
        var p = p
        p.source = step.source ?? p.source
        if let e = step.verb.assertion {
            p.isFact = lateness.isFact(e) || state == .failed && isFalseDespiteLateness(e)
            // Other actions of the case were late. That is hardly the cause, and another attempt shows it.
            if p.isFact, lateness.isTimed(e), lateness.isLagging { p.excuse = .harness }
        }
        let v = lateness.doubted(wanted, &p, since: step.verb.judgedSince(in: self), window: p.isOfTime ? nil : window)
        // A case that is too late to judge something may be in time at another attempt.
        if state == .failed, let e = step.verb.assertion, p.excuse == nil {
            if v == .inconc, lateness.isTimed(e) { p.excuse = .harness }
            if v == .fail, definition.transport == .udp { p.excuse = .lostBefore }
        }
        settle(v, p, use)
        recordOutcome(state, v, p)
        if v > .warn { end() }
        return v <= .warn
    }
    /// Ends the case at a step that cannot be done.
    func broken(_ message: String, _ span: Span, _ source: SourceFile? = nil, as v: Verdict = .error) {
        var p = Problem(message, span, label: v == .error ? "scenario error" : "cannot be done")
        p.source = source
        settle(v, p)
        recordOutcome(.failed, v, p)
        end()
    }
    /// Ends the case without a verdict about the node.
    func giveUp(_ reason: String) {
        settle(.inconc, Problem(reason, currentBranch.step?.span ?? .top))
        end()
    }
    /// The longest wait of the current step; nil if it has no limit.
    private var window: Duration? {
        guard let wait = currentBranch.wait, wait.deadline != .never else { return nil }
        return max(.zero, wait.deadline - wait.judgedSince)
    }
    /// Returns the time from which the harness's lateness counts for a condition. A condition about received data and
    /// their times depends on everything since the first step.
    func judgedSince(_ condition: Expression) -> Instant {
        lateness.readsNetwork(condition) ? lateness.firstStep : currentBranch.waitsSince
    }
    /// Returns a problem without the secrets of the case.
    func hidden(_ p: Problem) -> Problem {
        let all = scope.secrets.sorted().compactMap { scope.names[$0] }.map(Secret.init)
        guard !all.isEmpty else { return p }
        func clean(_ s: String) -> String { all.reduce(s) { $1.hidden(in: $0) } }
        var out = p
        for path in [\Problem.reason, \.label, \.wanted, \.had] { out[keyPath: path] = clean(p[keyPath: path]) }
        for i in out.mismatches.indices {
            out.mismatches[i].wanted = clean(out.mismatches[i].wanted)
            out.mismatches[i].unfit = out.mismatches[i].unfit.map(clean)
            guard let had = out.mismatches[i].had?.description, clean(had) != had else { continue }
            out.mismatches[i].had = .text(clean(had))
        }
        return out
    }
}
