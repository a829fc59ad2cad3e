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
        try start(step)
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
        let links: [String]
        switch step.verb {
        case .send(let s): links = [s.link]
        case .stream(let s): links = [s.of]
        case .expect(let e), .never(let e): links = [e.link]
        case .alt(let branches):
            links = branches.compactMap { if case .expect(let e) = $0.trigger { e.link } else { nil } }
        case .close(let name, _):
            if channels[name] != nil || isCleaning { return }
            links = [name]
        default: return
        }
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
        for name in links {
            guard let c = channels[name] else {
                throw EvaluationError(message: "link `\(name)` was not opened", span: step.span)
            }
            if c.isHalfClosed, step.verb.says {
                throw EvaluationError(
                    message: "the scenario itself has closed its side of link `\(name)`", span: step.span)
            }
            if c.isOurEnd {
                throw EvaluationError(message: "the scenario itself has closed link `\(name)`", span: step.span)
            }
        }
    }
    func start(_ step: Step) throws(EvaluationError) {
        try checkLinks(of: step)
        switch step.verb {
        case .open(let from, let to, let name, let within, let isBare, let up, let target):
            let target = try target.map { t throws(EvaluationError) in try t.term(scope).text }
            try open(step, from, to, name, within, isBare: isBare, up: up, target: target)
        case .accept(let at, let from, let name, let within, let since, let up):
            try accept(step, at, from, name, within, since, up: up)
        case .neverDialed(let at, let lasting, let since):
            let start = try since.map { s throws(EvaluationError) in try scope.moment(s, step.span) } ?? driver.now
            let deadline = start + (try lasting.duration(scope))
            wait(until: deadline, endsByTime: true, judgedSince: start) { [unowned self] in
                undialed(step, at, start, deadline)
            }
        case .send(let send): try begin(send, step)
        case .build(let b): try build(b, step)
        case .expect(let e):
            let bound = try ResolvedExpectation(e, scope, options.timeScale)
            var left = e.count
            wait(until: bound.deadline, judgedSince: min(bound.start, currentBranch.waitsSince)) {
                [unowned self] () throws(EvaluationError) in try expecting(step, bound, &left)
            }
        case .never(let e): try startNever(step, e)
        case .alt(let branches): try startAlternatives(step, branches)
        case .stream(let s): try begin(s, step)
        case .close(let name, let how): try close(step, name, how)
        case .assign(let members):
            for m in members {
                try name(m.key, try m.value.term(scope), step.span)
                if m.value.expressions.contains(where: isTimed) { timedNames.insert(m.key) }
            }
            held(step)
        case .assert(let e): try assert(step, e)
        case .wait(let t):
            let end = driver.now + (try t.duration(scope))
            wait(until: end, endsByTime: true) { [unowned self] in
                if driver.now < end { return end }
                held(step)
                return nil
            }
        case .par(let branches, let any): fork(step, branches, any)
        case .poll(let every, let within, let condition):
            var next = driver.now
            let deadline = driver.now + options.stretched(try within.duration(scope))
            wait(until: deadline) { [unowned self] () throws(EvaluationError) in
                try polling(step, every, condition, &next, deadline)
            }
        case .fault(let f): try begin(f, step)
        case .heal(let name):
            heal(name)
            held(step)
        case .listen(let at): takeConnections(step, at)
        case .refuse(let at):
            if let l = listeners[at] { driver.stopListening(l.id) }
            held(step)
        case .dut(let control, let arguments, let answer): try command(step, control, arguments, answer)
        case .use(_, let steps): enter(steps)
        case .repeat(let times, let name, let steps):
            guard case .number(let n) = try times.term(scope), let rounds = Int(exactly: n),
                (0...100_000).contains(rounds)
            else {
                throw EvaluationError(message: "`times` is a number from 0 to 100,000", span: step.span)
            }
            if rounds == 0 { return held(step) }
            if let name { scope.names[name] = .number(1) }
            enter(steps, loop: (name, round: 1, rounds))
        }
    }
    func assert(_ step: Step, _ e: Expression) throws(EvaluationError) {
        var p = Problem("not true: \(e.text)", e.whole, label: "false", wanted: e.text)
        do throws(EvaluationError) {
            if try truth(e, "assert") { return held(step) }
        } catch {
            guard error.isOfEvidence else { throw error }
            p = Problem("not true, since \(error.message): \(e.text)", error.span, label: "not there", wanted: e.text)
        }
        p.tell(ExpressionValues.list(of: e, in: scope))
        failed(p, step)
    }

    // Branches side by side

    func fork(_ step: Step, _ branches: [(name: String, steps: [Step])], _ any: Bool) {
        let first = lastBranch + 1
        for b in branches {
            lastBranch += 1
            runningBranches.append(
                RunningBranch(
                    id: lastBranch, name: b.name, parent: currentBranch.id,
                    stack: [RunningBranch.StackFrame(steps: b.steps)]))
        }
        let mine = Array(first...lastBranch)
        wait(until: .never) { [unowned self] in joining(step, mine, any) }
    }
    func joining(_ step: Step, _ branches: [Int], _ any: Bool) -> Instant? {
        let mine = runningBranches.filter { branches.contains($0.id) }
        guard any ? mine.contains(where: \.isDone) : mine.allSatisfy(\.isDone) else { return .never }
        // Branches inside these branches end with them. Each of them follows its parent in the list.
        var gone = Set(branches)
        runningBranches.removeAll { l in
            if let p = l.parent, gone.contains(p) { gone.insert(l.id) }
            if gone.contains(l.id) { add(l, .unfinished, .none, nil, l.entry) }
            return gone.contains(l.id)
        }
        moves += 1
        held(step)
        return nil
    }
    func polling(
        _ step: Step, _ every: Template, _ until: Expression, _ next: inout Instant, _ deadline: Instant
    ) throws(EvaluationError) -> Instant? {
        if driver.now < next, driver.now < deadline { return min(next, deadline) }
        var lacks = ""
        do throws(EvaluationError) {
            if try truth(until, "until") {
                held(step)
                return nil
            }
        } catch {
            guard error.isOfEvidence else { throw error }
            lacks = ", since \(error.message)"
        }
        if driver.now >= deadline {
            var p = Problem(
                "never true in time\(lacks): \(until.text)", until.whole, label: "still false", wanted: until.text,
                excuse: lossExcuse)
            p.tell(ExpressionValues.list(of: until, in: scope))
            failed(p, step)
            return nil
        }
        next = min(deadline, driver.now + max(.milliseconds(1), try every.duration(scope)))
        return next
    }
}
