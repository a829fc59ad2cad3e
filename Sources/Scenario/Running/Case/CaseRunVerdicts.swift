internal import Network
internal import Node
internal import Wire

extension CaseRun {
    /// The branch that is being advanced.
    var currentBranch: RunningBranch {
        get { runningBranches[current] }
        _modify { yield &runningBranches[current] }
    }
    func level(_ use: RequirementUse?) -> Level { use?.level ?? level(of: use?.id ?? scenario.covers.first ?? "") }
    func level(of id: String) -> Level { requirements[id]?.level ?? .must }

    /// Applies a verdict. The evidence of the first worst verdict is kept.
    func settle(_ v: Verdict, _ p: Problem?, _ use: RequirementUse? = nil) {
        guard !isCleaning, v > verdict else { return }
        // A case that cannot be judged to its end still shows the rule that was broken before.
        let broken = verdict == .warn && v == .inconc ? problem : nil
        let rule = claimed?.id ?? scenario.covers.first ?? ""
        verdict = v
        // A pass has no problem, even if `else: pass` produces it for a step that did not hold.
        problem = v == .pass ? nil : p.map { hidden($0) }
        if let broken { problem?.facts.append(("broken before", "\(rule): \(broken.reason)")) }
        problem?.branch = runningBranches.indices.contains(current) ? currentBranch.name : nil
        claimed = use
        decidedAt = runningBranches.first?.stack.first.map { $0.index + 1 } ?? scenario.steps.count
        if let i = problem?.culprit, trace.indices.contains(i) { trace[i].isCulprit = true }
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
    /// The number of datagrams since the case began that arrived and were lost in the harness. A step may have failed
    /// because of them.
    var lost: Int { definition.transport == .udp ? driver.network.lostDatagrams - lostBefore : 0 }
    var lossText: String { "the harness lost \(lost) datagram\(lost == 1 ? "" : "s") that it did not take in time" }
    /// The number of datagrams since the case began that the socket of the node on this machine discarded, because the
    /// node was too busy. No rule of a protocol over UDP forbids that, and the harness often causes it.
    var nodeLost: Int { max(0, lostAtNode - nodeLostBefore) }
    /// The number of datagrams that the socket has discarded since it was created.
    var lostAtNode: Int {
        guard definition.transport == .udp, case .remote(let r) = options.subject else { return 0 }
        return r.endpoints.reduce(0) { $0 + driver.network.lostDatagrams(at: $1) }
    }
    /// The excuse that a datagram was lost on its way; nil unless the transport is UDP.
    var lossExcuse: Problem.Excuse? { definition.transport == .udp ? .datagram : nil }
    /// Handles a step that did not hold. The case continues only after a warning. `preset`: the verdict of a step that
    /// claims no requirement and has no `else`.
    func failed(_ p: Problem, _ step: Step, unless preset: Verdict? = nil) {
        let use = step.requirement
        var p = p
        p.because = step.because
        let unclaimed = use == nil ? preset : nil
        if judge(step, .failed, step.otherwise ?? unclaimed ?? level(use).verdict, p, use) { next() }
    }
    /// Applies the outcome of a step. If the harness's own trouble may be the cause, it is not a verdict about the
    /// node. Returns false if the outcome ended the case.
    func judge(
        _ step: Step, _ state: StepOutcome.State, _ wanted: Verdict, _ p: Problem, _ use: RequirementUse?
    ) -> Bool {
        var p = p
        p.source = step.source ?? p.source
        if let e = step.verb.assertion {
            p.isFact = !isTimed(e) || state == .failed && isFalseDespiteLateness(e)
            // Other actions of the case were late. That is hardly the cause, and another attempt shows it.
            if p.isFact, isTimed(e), lag.sum(until: driver.now) > options.slack { p.excuse = .harness }
        }
        let v = doubted(wanted, &p, since: step.verb.judgedSince(in: self), window: p.isOfTime ? nil : window)
        // A case that is too late to judge something may be in time at another attempt.
        if state == .failed, let e = step.verb.assertion, p.excuse == nil {
            if v == .inconc, isTimed(e) { p.excuse = .harness }
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
    /// Leaves the steps and all branches of `par` for the clean-up. During the clean-up, it continues with the
    /// remaining steps.
    func end() {
        if isCleaning { return next() }
        for l in runningBranches { add(l, .unfinished, .none, nil, l.entry) }
        runningBranches = [RunningBranch()]
        current = 0
        moves += 1
        isEnded = true
    }
    /// Concludes the steps: checks the remaining records, then begins the clean-up or finishes the case.
    func conclude() throws(EvaluationError) {
        if !isCleaning {
            if !isEnded, var p = try leftover() {
                let v = doubted(level(nil).verdict, &p, since: driver.now)
                settle(v, p)
            }
            settle(.pass, nil)
            isCleaning = true
            // The clean-up has its own time limit.
            budget = driver.now + .seconds(30)
            runningBranches = [RunningBranch(stack: [RunningBranch.StackFrame(steps: scenario.cleanup)])]
            if !scenario.cleanup.isEmpty { return }
        }
        finish()
    }
    /// Moves to the next step of the branch.
    func next() {
        isOver()
        currentBranch.lastMiss = nil
        currentBranch.entry = nil
        while var top = currentBranch.stack.popLast() {
            top.index += 1
            if top.index >= top.steps.count, let loop = top.loop, loop.round < loop.rounds {
                top.index = 0
                top.loop?.round += 1
                if let name = loop.name { scope.names[name] = .number(Int128(loop.round + 1)) }
            }
            if top.index < top.steps.count { return currentBranch.stack.append(top) }
        }
    }
    /// Stores the current time under a name.
    func set(mark: String?) {
        guard let mark else { return }
        scope.names[mark] = .duration(driver.now - scope.start)
        timedNames.insert(mark)
    }
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
    /// Enters the steps inside the current one.
    func enter(_ steps: [Step], loop: RunningBranch.StackFrame.Loop? = nil) {
        isOver()
        recordOutcome(.held, .pass)
        currentBranch.entry = nil
        if steps.isEmpty { return next() }
        currentBranch.stack.append(RunningBranch.StackFrame(steps: steps, loop: loop))
    }
}
