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

    /// Takes a verdict in; the first worst one keeps its evidence.
    func settle(_ v: Verdict, _ p: Problem?, _ use: RequirementUse? = nil) {
        guard !isCleaning, v > verdict else { return }
        // A case that cannot be judged to its end still shows the rule that was broken before.
        let broken = verdict == .warn && v == .inconc ? problem : nil
        let rule = claimed?.id ?? scenario.covers.first ?? ""
        verdict = v
        // A pass has none, even where `else: pass` makes one of a step that did not hold.
        problem = v == .pass ? nil : p.map { hidden($0) }
        if let broken { problem?.facts.append(("broken before", "\(rule): \(broken.reason)")) }
        problem?.branch = runningBranches.indices.contains(current) ? currentBranch.name : nil
        claimed = use
        decidedAt = runningBranches.first?.stack.first.map { $0.index + 1 } ?? scenario.steps.count
        if let i = problem?.culprit, trace.indices.contains(i) { trace[i].isCulprit = true }
    }
    /// A problem without the secrets of the case.
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
    /// Datagrams that came since the case began and that nobody saw: what does not hold may be for want of them.
    var lost: Int { definition.transport == .udp ? driver.network.lostDatagrams - lostBefore : 0 }
    var lossText: String { "the harness lost \(lost) datagram\(lost == 1 ? "" : "s") that it did not take in time" }
    /// Datagrams that the socket of the node on this machine threw away since the case began: the node was too busy to
    /// take them. That is no rule of a protocol over UDP, and often our own doing.
    var nodeLost: Int { max(0, lostAtNode - nodeLostBefore) }
    /// The same since that socket was made.
    var lostAtNode: Int {
        guard definition.transport == .udp, case .remote(let r) = options.subject else { return 0 }
        return r.endpoints.reduce(0) { $0 + driver.network.lostDatagrams(at: $1) }
    }
    /// What a datagram that was lost on its way explains.
    var lossExcuse: Problem.Excuse? { definition.transport == .udp ? .datagram : nil }
    /// A step did not hold. Goes on only after a warning. A step that claims no requirement and says no `else` comes to
    /// `preset`, where that is given.
    func failed(_ p: Problem, _ step: Step, unless preset: Verdict? = nil) {
        let use = step.requirement
        var p = p
        p.because = step.because
        let unclaimed = use == nil ? preset : nil
        if judge(step, .failed, step.otherwise ?? unclaimed ?? level(use).verdict, p, use) { next() }
    }
    /// Takes in what a step came to, which is no verdict about the node where the harness's own trouble may be the
    /// cause. False: the case ended by it.
    func judge(
        _ step: Step, _ state: StepOutcome.State, _ wanted: Verdict, _ p: Problem, _ use: RequirementUse?
    ) -> Bool {
        var p = p
        p.source = step.source ?? p.source
        if case .assert(let e) = step.verb, !isTimed(e) { p.isFact = true }
        let v = doubted(wanted, &p, since: judgedSince(step), window: p.isOfTime ? nil : window)
        // A case that comes too late to what it wants to judge may be in time at another try.
        if state == .failed, case .assert(let e) = step.verb, p.excuse == nil {
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
    /// Ends the case without a word about the node.
    func giveUp(_ reason: String) {
        settle(.inconc, Problem(reason, currentBranch.step?.span ?? .top))
        end()
    }
    /// Leaves the steps for the clean-up, all branches of `par` with them; there, goes on with what is left of it.
    func end() {
        if isCleaning { return next() }
        for l in runningBranches { add(l, .unfinished, .none, nil, l.entry) }
        runningBranches = [RunningBranch()]
        current = 0
        moves += 1
        isEnded = true
    }
    /// All steps are done: the last look, then the clean-up, then the end.
    func conclude() throws(EvaluationError) {
        if !isCleaning {
            if !isEnded, var p = try leftover() {
                let v = doubted(level(nil).verdict, &p, since: driver.now)
                settle(v, p)
            }
            settle(.pass, nil)
            isCleaning = true
            // The clean-up has a time of its own.
            budget = driver.now + .seconds(30)
            runningBranches = [RunningBranch(stack: [RunningBranch.StackFrame(steps: scenario.cleanup)])]
            if !scenario.cleanup.isEmpty { return }
        }
        finish()
    }
    /// On to the next step of the branch.
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
    /// Names the moment.
    func set(mark: String?) {
        guard let mark else { return }
        scope.names[mark] = .duration(driver.now - scope.start)
        timedNames.insert(mark)
    }
    /// A step held.
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
    /// Goes into steps that stand inside the one at the top.
    func enter(_ steps: [Step], loop: RunningBranch.StackFrame.Loop? = nil) {
        isOver()
        recordOutcome(.held, .pass)
        currentBranch.entry = nil
        if steps.isEmpty { return next() }
        currentBranch.stack.append(RunningBranch.StackFrame(steps: steps, loop: loop))
    }
}
