internal import Network
internal import Node
internal import Wire

extension CaseRun {
    /// Does everything that can be done now. Returns the latest time at which it must be called again. `goesOn` is
    /// asked before each step; once it returns false, nothing more is done.
    func advance(_ goesOn: () -> Bool = { true }) -> Instant {
        if let until = beforeFirstStep() { return until }
        while !isFinished, goesOn() {
            pumpFaults()
            wakeEnds()
            let before = moves
            var deadline = budget
            var i = 0
            while i < runningBranches.count, !isFinished {
                current = i
                deadline = min(deadline, run(goesOn))
                i += 1
            }
            current = 0
            if !isFinished, driver.now >= budget { exhausted() }
            if moves == before, !isFinished {
                for c in channels.values { deadline = min(deadline, c.deadline ?? .never) }
                return deadline
            }
        }
        return .zero
    }
    func exhausted() {
        let used = (budget - scope.start).text
        let reason = isCleaning ? "the clean-up took longer than 30 s" : "the case used up its budget of \(used)"
        settle(.inconc, Problem(reason, currentBranch.step?.span ?? .top, label: "here at the end of it"))
        if isCleaning { return finish() }
        end()
        // The case itself has ended. The clean-up has a budget of its own, so this one must not stop it.
        budget = .never
    }
    /// Runs the current branch until it waits or ends.
    func run(_ goesOn: () -> Bool) -> Instant {
        while !isFinished, runningBranches.indices.contains(current), !currentBranch.isDone {
            scope.now = driver.now
            if driver.now >= budget || !goesOn() { return .zero }
            let mine = current
            let before = isCleaning || isEnded
            let step = currentBranch.step
            do throws(EvaluationError) {
                if let step {
                    if let until = try advance(step) { return until }
                } else if mine > 0 {
                    currentBranch.isDone = true
                    moves += 1
                } else {
                    moves += 1
                    try conclude()
                }
            } catch {
                // After a broken SHOULD the case continues, so a value that the step needs may be missing.
                broken(error.message, error.span, step?.source, as: verdict == .warn ? .inconc : .error)
            }
            // The end of the case discards the branches.
            if current != mine || before != (isCleaning || isEnded) { return .zero }
        }
        return .never
    }
    /// Advances one step. Returns nil if the step has ended, otherwise the time until which it waits.
    func advance(_ step: Step) throws(EvaluationError) -> Instant? {
        if let wait = currentBranch.wait { return try wait.proceed() }
        begun += 1
        moves += 1
        guard begun <= Self.maximumSteps else {
            throw EvaluationError(message: "more than \(Self.maximumSteps) steps in one case", span: step.span)
        }
        if options.keepsEvidence { currentBranch.began = driver.now }
        if let condition = step.condition, !(try truth(condition, "if")) {
            recordOutcome(.leftOut, .none)
            next()
            return nil
        }
        currentBranch.waitsSince = driver.now
        try checkLinks(of: step)
        try step.verb.start(step, in: self)
        return nil
    }
    /// Makes the current step wait. `proceed` is called now, and each time that an event may have occurred.
    func wait(
        until deadline: Instant, endsByTime: Bool = false, judgedSince: Instant? = nil,
        _ proceed: @escaping () throws(EvaluationError) -> Instant?
    ) {
        currentBranch.wait = RunningBranch.Wait(
            deadline: deadline, endsByTime: endsByTime, judgedSince: judgedSince ?? currentBranch.waitsSince,
            proceed: proceed)
    }
    func truth(_ e: Expression, _ what: String) throws(EvaluationError) -> Bool {
        let t = try Evaluator.evaluate(e, in: scope)
        guard case .bool(let b) = t else {
            throw EvaluationError(message: "`\(what)` needs true or false, this is \(t.kind)", span: e.span(0))
        }
        return b
    }
    /// Throws if a link of the step was never opened or was closed by the scenario itself, because that is no evidence
    /// about the node.
    func checkLinks(of step: Step) throws(EvaluationError) {
        for e in step.verb.expectations {
            // A unit of this layer never arrives on the channel, regardless of the node.
            guard let layer = channels[e.link]?.channel?.layer, e.level > 0, let stack = definition.layers,
                stack.layers[e.level - 1].name == layer,
                channels[e.link]?.channel?.speaks.flatMap(stack.resolve) != layer
            else { continue }
            throw EvaluationError(
                message:
                    "link `\(e.link)` is a channel of \(layer): use its parent link for messages of \(layer)",
                span: e.whatSpan)
        }
        for name in step.verb.usedLinks {
            guard let c = channels[name] else {
                throw EvaluationError(message: "link `\(name)` was not opened", span: step.span)
            }
            if c.isHalfClosed, step.verb.sends {
                throw EvaluationError(
                    message: "the scenario itself has closed its side of link `\(name)`", span: step.span)
            }
            if c.isOurEnd {
                throw EvaluationError(message: "the scenario itself has closed link `\(name)`", span: step.span)
            }
        }
    }
    // Branches side by side

    /// Begins branches beside the current one. Returns their numbers.
    func fork(_ branches: [(name: String, steps: [Step])]) -> [Int] {
        branches.map { b in
            lastBranch += 1
            runningBranches.append(
                RunningBranch(
                    id: lastBranch, name: b.name, parent: currentBranch.id,
                    stack: [RunningBranch.StackFrame(steps: b.steps)]))
            return lastBranch
        }
    }
    /// Removes branches if all of them, or `any` of them, are done. Returns false if the case must wait for them.
    func join(_ branches: [Int], any: Bool) -> Bool {
        let mine = runningBranches.filter { branches.contains($0.id) }
        guard any ? mine.contains(where: \.isDone) : mine.allSatisfy(\.isDone) else { return false }
        // Branches inside these branches end with them. Each of them follows its parent in the list.
        var gone = Set(branches)
        runningBranches.removeAll { l in
            if let p = l.parent, gone.contains(p) { gone.insert(l.id) }
            if gone.contains(l.id) { add(l, .unfinished, .none, nil, l.entry) }
            return gone.contains(l.id)
        }
        moves += 1
        return true
    }
}
