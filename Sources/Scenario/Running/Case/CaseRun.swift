internal import Network
internal import Node
internal import Wire

/// The run of one case: advances as far as it can, then returns the time until which it waits.
final class CaseRun {
    let `case`: Case
    let definition: Definition
    let options: RunOptions
    let driver: Driver
    /// Default fields of the protocol that are drawn for this case.
    let drawn: [Value.Entry]
    var scope: Scope
    var trace: [TraceEntry] = []
    var links = CaseLinks()
    var datagrams = ChannelDatagrams()
    var node: CaseNode
    var lateness: Lateness
    private(set) var judgement: CaseJudgement
    /// Defaults of the scenario; `bound` is set where the pattern has no expression, and so is resolved once.
    private(set) var defaults:
        [(expectation: Expectation, bound: ResolvedExpectation?, action: Scenario.Default.Action)] = []
    private(set) var isCleaning = false
    private(set) var isFinished = false
    /// True if a verdict ended the steps early.
    private var isEnded = false
    /// The case itself, then the branches of `par` that run, or have run and are not joined yet. A branch follows the
    /// branch that started it.
    private(set) var runningBranches: [RunningBranch]
    private var current = 0
    /// The ID of the newest branch.
    private var lastBranch = 0
    /// Counts the progress of all branches. It does not change while all of them wait.
    private var moves = 0
    /// The number of steps that have begun, at most `maximumSteps`.
    private var begun = 0
    static let maximumSteps = 1_000_000
    /// The time at which the case has used up its budget.
    private var budget = Instant.never
    /// The time of the newest messages that expressions read. It is in the past only during `isFalseDespiteLateness`.
    private(set) var knownUntil = Instant.never
    /// Sizes of the values that steps gave to names.
    private var heldValues = HeldValues()

    var scenario: Scenario { self.case.scenario }

    init(
        _ one: Case, of definition: Definition, requirements: RequirementList, options: RunOptions, on driver: Driver,
        used: UsedAddresses = UsedAddresses(), delays: LoopDelays = LoopDelays()
    ) {
        self.case = one
        (self.definition, self.options, self.driver) = (definition, options, driver)
        node = CaseNode(one, definition, options, driver, used)
        lateness = Lateness(driver, options, definition.transport, delays: delays)
        judgement = CaseJudgement(requirements, of: one.scenario)
        runningBranches = [RunningBranch(stack: [RunningBranch.StackFrame(steps: one.scenario.steps)])]
        var fields = Random(seed: options.seed, one.id, "drawn fields")
        drawn = definition.playing.drawn(&fields)
        scope = Scope(of: one, definition, options, driver)
        // A peer that has introduced itself is one more peer that the node has met.
        let isMet = one.scenario.actors.contains { $0.isSubject && introduction(on: "", to: $0.name) != nil }
        if isMet { scope.setting.isNodeFresh = false }
    }

    // Before the first step

    /// Sets up names, listeners and the node under test. Returns false if the case is over with an error.
    func begin() -> Bool {
        setReaders()
        do throws(EvaluationError) {
            try define()
        } catch {
            return abandon(Problem(error.message, error.span, label: "scenario error"))
        }
        do throws(NetworkError) {
            guard let reason = try node.listen(&scope) else {
                try node.prepare(&scope)
                return true
            }
            judgement.skip(reason)
            finish()
            return false
        } catch {
            return abandon(Problem("\(error)", .top))
        }
    }
    private func abandon(_ p: Problem) -> Bool {
        settle(.error, p)
        finish()
        return false
    }
    /// Sets the names that the steps can read, the defaults and the budget.
    private func define() throws(EvaluationError) {
        try scope.define(self.case, definition, options, drawn)
        for d in scenario.defaults {
            var e = Expectation(link: "", what: .message(d.message, d.pattern), whatSpan: d.span)
            e.queue = d.message.map { definition.queue(of: $0) } ?? .own
            let isFixed = d.pattern?.expressions.isEmpty ?? true
            defaults.append((e, isFixed ? try ResolvedExpectation(e, scope, options.timeScale) : nil, d.action))
        }
        if let limit = try scenario.budget?.duration(scope) { budget = driver.now + options.stretched(limit) }
    }
    /// Advances the preparation. Returns the time until which it waits, or nil if the steps may begin.
    private func beforeFirstStep() -> Instant? {
        switch node.advance() {
        case .over: return nil
        case .waits(let until): return until
        case .failed(let verdict, let reason):
            settle(verdict, Problem(reason, .top))
            finish()
            return .zero
        case .ready:
            progressed()
            lateness.beginSteps()
            if budget != .never { budget = budget + (driver.now - scope.start) }
            return nil
        }
    }

    // Steps

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
                return min(deadline, nextRelease)
            }
        }
        return .zero
    }
    private func exhausted() {
        let used = (budget - scope.start).text
        let reason = isCleaning ? "the clean-up took longer than 30 s" : "the case used up its budget of \(used)"
        settle(.inconc, Problem(reason, currentBranch.step?.span ?? .top, label: "here at the end of it"))
        if isCleaning { return finish() }
        end()
        // The case itself has ended. The clean-up has a budget of its own, so this one must not stop it.
        budget = .never
    }
    /// Runs the current branch until it waits or ends.
    private func run(_ goesOn: () -> Bool) -> Instant {
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
                if error.isOfEvidence, let step {
                    failed(Problem(error.message, error.span, label: "not there"), step, unless: .inconc)
                } else {
                    // After a broken SHOULD the case continues, so a value that the step needs may be missing.
                    let verdict: Verdict = judgement.verdict == .warn ? .inconc : .error
                    broken(error.message, error.span, step?.source, as: verdict)
                }
            }
            // The end of the case discards the branches.
            if current != mine || before != (isCleaning || isEnded) { return .zero }
        }
        return .never
    }
    /// Advances one step. Returns nil if the step has ended, otherwise the time until which it waits.
    private func advance(_ step: Step) throws(EvaluationError) -> Instant? {
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
    /// Records that something happened, so that no branch waits without looking at it.
    func progressed() { moves += 1 }
    /// The branch that is being advanced.
    var currentBranch: RunningBranch {
        get { runningBranches[current] }
        _modify { yield &runningBranches[current] }
    }
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
    /// Enters the steps inside the current one. `mark`: names the moment at which they have ended.
    func enter(_ steps: [Step], loop: RunningBranch.StackFrame.Loop? = nil, mark: String? = nil) {
        endStep()
        recordOutcome(.held, .pass)
        currentBranch.entry = nil
        if steps.isEmpty {
            set(mark: mark)
            return next()
        }
        currentBranch.stack.append(RunningBranch.StackFrame(steps: steps, loop: loop, mark: mark))
    }
    /// Moves to the next step of the branch.
    func next() {
        endStep()
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
            set(mark: top.mark)
        }
    }
    /// Ends the wait of the current step.
    private func endStep() {
        lateness.endStep(due: currentBranch.wait.flatMap { $0.endsByTime ? $0.deadline : nil })
        currentBranch.wait = nil
    }

    // Values

    /// Gives a name a value that a step made.
    func name(_ name: String, _ value: Term, _ span: Span) throws(EvaluationError) {
        guard heldValues.hold(name, value) else {
            throw EvaluationError(
                message:
                    "the names of the case hold more than \(HeldValues.limit >> 20) MiB: drop some, or repeat less",
                span: span)
        }
        scope.names[name] = value
    }
    /// Stores the current time under a name.
    func set(mark: String?) {
        guard let mark else { return }
        scope.names[mark] = .duration(driver.now - scope.start)
        lateness.addTimed(mark)
    }
    /// Returns whether a false assertion is false whatever the harness did late: it was false before the time by which
    /// the harness is late, and no later message makes it true.
    func isFalseDespiteLateness(_ e: Expression) -> Bool {
        guard let moment = lateness.lastTimelyMoment else { return false }
        knownUntil = moment
        defer { knownUntil = .never }
        let evaluator = Evaluator(expression: e, scope: scope)
        return Permanence(evaluator: evaluator, isTimed: { [unowned self] in lateness.isTimed($0) }).stays(
            false, e.root)
    }

    // Verdicts

    /// Applies a verdict. The evidence of the first worst verdict is kept.
    func settle(_ v: Verdict, _ p: Problem?, _ use: RequirementUse? = nil) {
        guard !isCleaning, v > judgement.verdict else { return }
        let branch = runningBranches.indices.contains(current) ? currentBranch.name : nil
        let step = runningBranches.first?.stack.first.map { $0.index + 1 } ?? scenario.steps.count
        guard judgement.settle(v, p.map { hidden($0) }, use, branch: branch, step: step) else { return }
        if let i = judgement.problem?.culprit, trace.indices.contains(i) { trace[i].isCulprit = true }
    }
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
    private func add(
        _ b: RunningBranch, _ state: StepOutcome.State, _ verdict: Verdict, _ p: Problem?, _ entry: Int?
    ) -> Int? {
        guard let step = b.step, let began = b.began else { return nil }
        judgement.add(
            StepOutcome(
                number: step.number, began: began - scope.start, ended: driver.now - scope.start,
                state: state, verdict: verdict, reason: p.map { hidden($0).reason }, entry: entry, traced: trace.count))
        return step.number
    }

    // The end

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
    private func conclude() throws(EvaluationError) {
        if !isCleaning {
            if !isEnded, var p = try leftover() {
                let v = lateness.doubted(judgement.level(nil).verdict, &p, since: driver.now)
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
    func finish() {
        guard !isFinished else { return }
        isFinished = true
        judgement.finish()
        // A link with these keys would decrypt what the steps decrypt themselves, so that they join its keys only now.
        for secret in scope.setting.secrets?.all() ?? [] { links.connections.first?.secrets?.add(secret) }
        for c in links.inOrder where c.stream == nil && judgement.verdict != .pass {
            // Received bytes of an incomplete message belong to the evidence.
            guard let u = c.incoming.unfinished else { continue }
            let problem = WireError(
                reason: .truncated, path: "", offset: 0, wanted: UInt64(u.length), had: UInt64(u.had.count))
            note(c, .received, .bytes(u.had, problem))
        }
        for c in links.inOrder where c.ending == nil && c.failure == nil && c.channel == nil {
            driver.close(c.id, reset: false)
        }
        for old in links.renamed { driver.close(old.id, reset: false) }
        for a in links.arrivals { driver.close(a.id, reset: true) }
        node.close()
    }
    var result: CaseResult {
        let (requirement, level) = judgement.requirement
        let verdict = judgement.verdict
        var out = CaseResult(
            id: self.case.id, scenario: scenario, verdict: verdict, requirement: requirement, level: level,
            problem: judgement.problem, reason: judgement.reasonToSkip,
            step: verdict == .pass ? 0 : judgement.decidedAt, duration: driver.now - scope.start, seed: options.seed,
            trace: trace, steps: judgement.outcomes, untoldSteps: judgement.untoldSteps,
            connections: links.connections, datagrams: datagrams.kept,
            names: options.keepsEvidence ? CaseVariables(names: scope.names, secrets: scope.secrets) : nil)
        out.limitTrace(.ofCase)
        return out
    }
}
