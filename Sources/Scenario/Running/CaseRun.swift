internal import Network
internal import Node
internal import Wire

/// One case in the course of being run: advances as far as it can, then says until when it waits.
final class CaseRun<N: Network> {
    let scenario: Scenario
    let definition: Definition
    let options: RunOptions
    let driver: Driver<N>
    var scope = Scope()
    var channels: [String: Channel] = [:]
    var trace: [TraceEntry] = []
    var ignored: [(bound: Bound, isForbidden: Bool)] = []
    /// Where the case is: the innermost list of steps last.
    var stack: [(steps: [Step], index: Int)] = []
    var wait: Wait = .ready
    var verdict = Verdict.none
    var problem: Problem?
    var claimed: RequirementUse?
    var decidedAt = 0
    var isCleaning = false
    /// A verdict ended the steps before their time.
    var isEnded = false
    var isFinished = false
    var node: NodeID?
    var nodeAddress: Endpoint?
    /// Actors that listen for the node.
    var listeners: [String: (id: ListenerID, at: Endpoint)] = [:]
    /// Connections that came and no step has taken yet.
    var arrivals: [Arrival] = []
    /// What the node may still send before the case is given up.
    var room = Room()
    /// How much the harness itself was held up so far, and at the start of the step.
    var stalled = Duration.zero
    var stalledBefore = Duration.zero
    /// Why the last record of the right kind was passed over.
    var lastMiss: Problem?

    /// A connection that came, with what came over it before a step took it.
    struct Arrival {
        var actor: String
        var link: LinkID
        var at: Instant
        var early: [(what: Happening, at: Instant)] = []
    }
    /// What a case keeps of what a node sends: a node may not fill our memory.
    struct Room {
        /// Bytes on all links together: 64 MiB.
        var bytes = 64 << 20
        /// Messages on all links together.
        var records = 100_000
        /// Connections that wait for a step at one time.
        static var arrivals: Int { 64 }
        var isUsedUp: Bool { bytes < 0 || records < 0 }
    }
    enum Wait {
        /// The step at the top has not begun.
        case ready
        case opening(String, Instant)
        case accepting(String, String, String, Instant)
        case sending([[UInt8]], String, every: Duration, next: Instant)
        case expecting(Bound)
        /// Records of the link before the number were looked at.
        case never(Bound, seen: Int)
        case alt([(branch: Branch, bound: Bound?, deadline: Instant)])
        case until(Instant)
    }

    init(_ scenario: Scenario, _ definition: Definition, _ options: RunOptions, _ driver: Driver<N>) {
        self.scenario = scenario
        self.definition = definition
        self.options = options
        self.driver = driver
        scope.seed = options.seed
        scope.caseID = scenario.id
        scope.start = driver.now
        scope.now = driver.now
        scope.algorithms = definition.algorithms
        scope.algorithm = definition.algorithms.first
        scope.capabilities = Set(definition.capabilities.map(\.name)).subtracting(options.lacks)
        stack = [(scenario.steps, 0)]
    }

    // Before the first step

    /// Sets up names, listeners and the node under test. False: the case is over, with an error.
    func begin() -> Bool {
        do throws(EvaluationError) {
            for e in definition.constants(options.settings) { scope.names[e.key] = Term(e.value) }
            for d in definition.durations(options.settings) { scope.names[d.name] = .duration(d.duration) }
            for name in scenario.declaredNames where scope.names[name] == nil { scope.names[name] = .null }
            for a in scenario.actors {
                var members: [Term.Member] = []
                if let key = a.key, case .map(let pair) = try key.term(scope) { members = pair }
                scope.names[a.name] = .map(members)
            }
            for d in scenario.defaults {
                let e = Expectation(link: "", what: .message(d.message, d.pattern), whatSpan: d.span)
                ignored.append((try Bound(e, scope), d.isForbidden))
            }
        } catch {
            return abandon(Problem(error.message, error.span, label: "scenario error"))
        }
        do throws(NetworkError) {
            try prepareNode()
            return true
        } catch {
            return abandon(Problem("\(error)", .top))
        }
    }
    func abandon(_ p: Problem) -> Bool {
        settle(.error, p)
        finish()
        return false
    }
    func prepareNode() throws(NetworkError) {
        for name in scenario.listeningActors {
            var at = Endpoint.loopback(0)
            if case .remote(let r) = options.subject, let listen = r.listen { at = listen }
            let (id, bound) = try driver.listen(at)
            listeners[name] = (id, bound)
            if case .map(var members) = scope.names[name] {
                members.append(Term.Member("port", .number(Int128(bound.port))))
                scope.names[name] = .map(members)
            }
        }
        switch options.subject {
        case .remote(let r): nodeAddress = r.address
        case .builtIn(let bug):
            let (listener, bound) = try driver.listen(.loopback(0))
            nodeAddress = bound
            let random = Random(seed: options.seed, scenario.id, "node under test")
            let peers = listeners.sorted { $0.key < $1.key }.map(\.value.at)
            let node = definition.node(
                NodeOptions(options.settings, random: random, listening: bound, peers: peers, bug: bug))
            self.node = driver.add(node, listeners: [listener])
        }
    }

    // Verdicts

    /// What a step that did not hold comes to.
    func judgement(_ step: Step?, _ use: RequirementUse?) -> Verdict {
        if let otherwise = step?.otherwise { return otherwise }
        return level(use).verdict
    }
    func level(_ use: RequirementUse?) -> Level {
        use?.level ?? definitionLevel(use?.id ?? scenario.covers.first ?? "")
    }
    /// Levels of the requirements that the scenario names; the runner fills it in.
    var levels: [String: Level] = [:]
    func definitionLevel(_ id: String) -> Level { levels[id] ?? .must }

    /// Takes a verdict in; the first worst one keeps its evidence.
    func settle(_ v: Verdict, _ p: Problem?, _ use: RequirementUse? = nil) {
        guard !isCleaning, v > verdict else { return }
        verdict = v
        problem = p
        claimed = use
        decidedAt = stack.first.map { $0.index + 1 } ?? scenario.steps.count
        if let i = p?.culprit, trace.indices.contains(i) { trace[i].isCulprit = true }
    }
    /// How long the harness was held up since the step began (`since` a mark: since the case began), when that is too
    /// long to blame the node for its times.
    func lateness(since: Bool = false) -> Duration? {
        let late = since ? stalled : stalled - stalledBefore
        return late > options.slack ? late : nil
    }
    /// A step did not hold. Goes on only after a warning. A step that claims no requirement and says no `else` comes to
    /// `preset`, where that is given.
    func failed(_ p: Problem, _ step: Step, since: Bool = false, unless preset: Verdict? = nil) {
        let use = step.requirement
        var p = p
        p.because = step.because
        var v = judgement(step, use)
        if let preset, step.otherwise == nil, use == nil { v = preset }
        if let late = lateness(since: since), v > .pass, v < .error {
            p.reason = "harness late \(late.text): " + p.reason
            v = .inconc
        }
        settle(v, p, use)
        if v > .warn { end() } else { next() }
    }
    func broken(_ message: String, _ span: Span) {
        settle(.error, Problem(message, span, label: "scenario error"))
        end()
    }
    /// Leaves the steps for the clean-up; there, goes on with what is left of it.
    func end() {
        if isCleaning { return next() }
        wait = .ready
        stack = []
        isEnded = true
    }
    /// On to the next step.
    func next() {
        wait = .ready
        if !stack.isEmpty { stack[stack.count - 1].index += 1 }
        while let top = stack.last, top.index >= top.steps.count {
            stack.removeLast()
            if !stack.isEmpty { stack[stack.count - 1].index += 1 }
        }
    }
    /// All steps are done: the last look, then the clean-up, then the end.
    func conclude() throws(EvaluationError) {
        if !isCleaning {
            if !isEnded, let p = try leftover() { settle(level(nil).verdict, p) }
            settle(.pass, nil)
            isCleaning = true
            stack = [(scenario.cleanup, 0)]
            if !scenario.cleanup.isEmpty { return }
        }
        finish()
    }
    /// A step held.
    func held(_ step: Step) {
        if let mark = step.mark { scope.names[mark] = .duration(driver.now - scope.start) }
        if let v = step.verdict, v != .pass {
            var p = Problem(step.because ?? "step \(step.verb.name) held", step.span)
            p.because = step.because
            settle(v, p, step.requirement)
            if v > .warn { return end() }
        }
        next()
    }

    // The end

    func finish() {
        guard !isFinished else { return }
        isFinished = true
        if verdict == .none { verdict = .pass }
        for c in channels.values.sorted(by: { $0.link < $1.link }) where c.ending == nil && c.failure == nil {
            driver.close(c.link, reset: false)
        }
        for a in arrivals { driver.close(a.link, reset: true) }
        for l in listeners.values { driver.stopListening(l.id) }
        if let node { driver.remove(node) }
    }
    var result: CaseResult {
        let requirement = claimed?.id ?? scenario.covers.first ?? ""
        return CaseResult(
            scenario: scenario, verdict: verdict, requirement: requirement,
            level: claimed?.level ?? definitionLevel(requirement),
            problem: problem, reason: nil, step: verdict == .pass ? 0 : decidedAt, duration: driver.now - scope.start,
            seed: options.seed, trace: trace)
    }
}

extension Scenario {
    /// Names that steps define: without a value until then.
    var declaredNames: [String] {
        var out: [String] = []
        func take(_ e: Expectation) { if case .message(_, let p?) = e.what { out += p.saves } }
        func walk(_ steps: [Step]) {
            for s in steps {
                switch s.verb {
                case .assign(let members): out += members.map(\.key)
                case .expect(let e), .never(let e): take(e)
                case .alt(let branches):
                    for b in branches {
                        if case .expect(let e) = b.trigger { take(e) }
                        walk(b.steps)
                    }
                default: break
                }
            }
        }
        walk(steps)
        walk(cleanup)
        return out
    }
    /// Actors that wait for the node to dial them.
    var listeningActors: [String] {
        var out: [String] = []
        func walk(_ steps: [Step]) {
            for s in steps {
                if case .accept(let at, _, _, _) = s.verb, !out.contains(at) { out.append(at) }
                if case .alt(let branches) = s.verb { branches.forEach { walk($0.steps) } }
            }
        }
        walk(steps)
        return out
    }
}
