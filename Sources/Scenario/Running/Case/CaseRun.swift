internal import Network
internal import Node
internal import Wire

/// The run of one case: advances as far as it can, then returns the time until which it waits.
final class CaseRun {
    let `case`: Case
    let definition: Definition
    let requirements: RequirementList
    let options: RunOptions
    let driver: Driver
    /// Addresses that earlier cases of the run used.
    let used: UsedAddresses
    var scope = Scope()
    var channels: [String: Channel] = [:]
    var trace: [TraceEntry] = []
    /// Defaults of the scenario; `bound` is set where the pattern has no expression, and so is resolved once.
    var defaults: [(expectation: Expectation, bound: ResolvedExpectation?, action: Scenario.Default.Action)] = []
    /// The case itself, then the branches of `par` that run, or have run and are not joined yet. A branch follows the
    /// branch that started it.
    var runningBranches: [RunningBranch]
    var current = 0
    /// The ID of the newest branch.
    var lastBranch = 0
    /// Counts the progress of all branches. It does not change while all of them wait.
    var moves = 0
    var verdict = Verdict.none
    var problem: Problem?
    var claimed: RequirementUse?
    var decidedAt = 0
    var isCleaning = false
    /// True if a verdict ended the steps early.
    var isEnded = false
    var isFinished = false
    /// The addresses on which dut actors listen.
    var addresses: [String: Endpoint] = [:]
    /// Actors that listen for the node.
    var listeners: [String: (id: ListenerID, at: Endpoint)] = [:]
    /// Source addresses of actors, with port 0, towards a node on IPv4 loopback.
    var homes: [String: Endpoint] = [:]
    /// The actors that the harness made a remote node dial.
    var dialRequests: Set<String> = []
    /// Open links whose names were given to newer links.
    var renamedLinks: [(name: String, link: LinkID)] = []
    /// The reason why the case cannot run on this machine.
    var reasonToSkip: String?
    /// The data that arrived over layers while the harness sent, because it had to wait for the node.
    var waited: [(found: LinkStream.Found, entry: Int, link: LinkID)] = []
    /// Incoming connections that no step has accepted yet.
    var arrivals: [Arrival] = []
    /// Faults in force, for links that are opened later too.
    var faults: [(step: FaultVerb, effects: [LinkFault])] = []
    /// The times in which the harness did not look at the network.
    let delays: LoopDelays
    /// The delay of the steps of this case since the first step.
    var lag: Lag
    /// The time at which the first step began.
    var firstStep: Instant
    /// The time of the newest messages that expressions read. It is in the past only during `isFalseDespiteLateness`.
    var knownUntil = Instant.never
    /// Names whose values depend on time.
    var timedNames: Set<String> = []
    /// The time at which the case has used up its budget.
    var budget = Instant.never
    /// The number of steps that have begun, at most `maximumSteps`.
    var begun = 0
    static var maximumSteps: Int { 1_000_000 }
    /// The outcomes of the steps, if they are kept, and the number of outcomes after the first `maximumOutcomes`.
    var outcomes: [StepOutcome] = []
    var untoldSteps = 0
    static var maximumOutcomes: Int { 10_000 }
    var connections: [CaseConnection] = []
    /// The preparation that the first step waits for.
    var beginning = Beginning.none
    /// Datagrams that the harness lost before the case.
    let lostBefore: Int
    /// Datagrams that the socket of the node lost before the case.
    var nodeLostBefore = 0
    /// The memory that traffic of the case may still take before the case is abandoned.
    var remaining = Budget()

    /// Sizes of the values that steps gave to names.
    var heldValues = HeldValues()

    /// Default fields of the protocol that are drawn for this case.
    let drawn: [Value.Entry]

    var scenario: Scenario { self.case.scenario }

    /// An incoming connection, with the events on it before a step accepted it.
    struct Arrival {
        var actor: String
        var link: LinkID
        var at: Instant
        var early: [(what: NetworkEvent, at: Instant)] = []
        var ends: (local: Endpoint, peer: Endpoint)?
    }
    /// Limits of the data that a case keeps, so that neither a node nor a scenario can exhaust memory.
    struct Budget {
        /// The number of bytes that the case may still send. Its limit is the one for values.
        var sent = HeldValues.limit
        /// The limit of bytes on all links together: 64 MiB.
        var bytes = 64 << 20
        /// The limit of messages on all links together.
        var records = 100_000
        /// The limit of connections that wait for a step at one time.
        static var arrivals: Int { 64 }
        var isUsedUp: Bool { bytes < 0 || records < 0 }
    }

    /// The preparation that a case may have to wait for before its first step.
    enum Beginning {
        case none
        /// The node starts.
        case starting
        /// The address of an earlier case becomes quiet. The values are the time since which it is quiet and the end of
        /// waiting.
        case settling(since: Instant, until: Instant)
    }

    init(
        _ one: Case, _ definition: Definition, _ requirements: RequirementList, _ options: RunOptions,
        _ driver: Driver, _ used: UsedAddresses = UsedAddresses(), _ delays: LoopDelays = LoopDelays()
    ) {
        self.case = one
        self.delays = delays
        lag = Lag(since: driver.now)
        firstStep = driver.now
        self.used = used
        lostBefore = driver.network.lostDatagrams
        self.definition = definition
        self.requirements = requirements
        self.options = options
        self.driver = driver
        runningBranches = [RunningBranch(stack: [RunningBranch.StackFrame(steps: one.scenario.steps)])]
        scope.seed = options.valueSeed
        scope.caseID = one.id
        var fields = Random(seed: options.seed, one.id, "drawn fields")
        drawn = definition.drawn(&fields)
        var salt = Random(seed: options.seed, one.id, "salt")
        scope.setting = ProtocolFunction.Setting(
            salt: salt.bytes(16), isNodeFresh: one.scenario.isFresh || options.subject.isNewForEachCase,
            secrets: options.keepsEvidence ? Secrets() : nil)
        // A peer that has introduced itself is one more peer that the node has met.
        let isMet = one.scenario.actors.contains { $0.isSubject && introduction(on: "", to: $0.name) != nil }
        if isMet { scope.setting.isNodeFresh = false }
        scope.start = driver.now
        scope.now = driver.now
        scope.beginning = driver.network.beginning
        scope.algorithms = definition.algorithms
        scope.algorithm = definition.algorithms.first
        scope.functions = definition.functions
        scope.isField = { [messages = definition.messages] name in messages.contains { $0.describe().has(name) } }
        scope.capabilities = options.capabilities(definition)
        scope.secrets = one.scenario.secrets
    }

    // Before the first step

    /// Returns the messages of a name, or of `any`, that came on a link.
    private func came(on link: String, _ message: String) -> [(type: any Message.Type, bytes: [UInt8])] {
        (channels[link]?[definition.level(of: message)].records ?? []).compactMap { r in
            guard r.at <= knownUntil, let type = r.type, message == "any" || type.name.description == message else {
                return nil
            }
            return (type, r.bytes)
        }
    }
    /// Sets up names, listeners and the node under test. Returns false if the case is over with an error.
    func begin() -> Bool {
        nodeLostBefore = lostAtNode
        scope.records = { [unowned self] name, message in
            came(on: name, message).map { type, bytes in type.dissect(bytes).fields(in: bytes.span.bytes) }
        }
        scope.wire = { [unowned self] name, message in came(on: name, message).map { $0.bytes } }
        scope.unread = { [unowned self] name in
            let all = (channels[name]?.queues ?? []).flatMap(\.records).filter { $0.type == nil }
            return all.sorted { $0.trace < $1.trace }.flatMap(\.bytes)
        }
        scope.identity = { [unowned self] name in channels[name].map { connection(of: $0) }?.identity }
        scope.datagrams = { [unowned self] name, sent in
            guard definition.transport == .udp, let c = channels[name] else { return nil }
            return (sent ? c.sent : c.datagrams).filter { $0.at <= knownUntil }.map { ($0.at - scope.start, $0.bytes) }
        }
        do throws(EvaluationError) {
            try define()
        } catch {
            return abandon(Problem(error.message, error.span, label: "scenario error"))
        }
        do throws(NetworkError) {
            guard let reason = try listen() else {
                try prepareNode()
                return true
            }
            reasonToSkip = reason
            verdict = .skip
            finish()
            return false
        } catch {
            return abandon(Problem("\(error)", .top))
        }
    }
    /// Sets the names that the steps can read: constants, parameters, values of the vector, actors.
    func define() throws(EvaluationError) {
        for e in definition.constants(options.settings) + drawn { scope.names[e.key] = Term(e.value) }
        for d in definition.durations(options.settings) { scope.names[d.name] = .duration(d.duration) }
        for name in scenario.linkNames { scope.names[name] = .text(name) }
        for name in scenario.declaredNames where scope.names[name] == nil { scope.names[name] = .null }
        for p in scenario.parameters {
            guard let given = options.parameters[p.name] else {
                scope.names[p.name] = p.preset
                continue
            }
            if let why = p.refusal(given) {
                throw EvaluationError(message: "parameter \(why)", span: p.span)
            }
            scope.names[p.name] = p.type.term(given) ?? p.preset
        }
        for v in self.case.vector?.values ?? [] { scope.names[v.key] = try v.value.term(scope) }
        for a in scenario.actors {
            var members: [Term.Member] = []
            if let key = a.key, case .map(let pair) = try key.term(scope) { members = pair }
            if let id = a.identity { members.append(Term.Member("id", try id.term(scope).identity)) }
            members.append(Term.Member("name", .text(a.name)))
            scope.names[a.name] = .map(members)
        }
        for d in scenario.defaults {
            var e = Expectation(link: "", what: .message(d.message, d.pattern), whatSpan: d.span)
            e.level = d.message.map { definition.level(of: $0) } ?? 0
            let isFixed = d.pattern?.expressions.isEmpty ?? true
            defaults.append((e, isFixed ? try ResolvedExpectation(e, scope, options.timeScale) : nil, d.action))
        }
        if let limit = try scenario.budget?.duration(scope) { budget = driver.now + options.stretched(limit) }
    }
    func abandon(_ p: Problem) -> Bool {
        settle(.error, p)
        finish()
        return false
    }
    var nodes: [String: NodeID] = [:]
    /// The number of starts of each node.
    var starts: [String: Int] = [:]

    // The end

    func finish() {
        guard !isFinished else { return }
        isFinished = true
        if verdict == .none { verdict = .pass }
        // A link with these keys would decrypt what the steps decrypt themselves, so that they join its keys only now.
        for secret in scope.setting.secrets?.all() ?? [] { connections.first?.secrets?.add(secret) }
        for c in channels.values.sorted(by: { $0.link < $1.link }) where c.stream == nil && verdict != .pass {
            // Received bytes of an incomplete message belong to the evidence.
            guard let u = c.incoming.unfinished else { continue }
            let problem = WireError(
                reason: .truncated, path: "", offset: 0, wanted: UInt64(u.length), had: UInt64(u.had.count))
            note(c, .received, .bytes(u.had, problem))
        }
        for c in channels.values.sorted(by: { $0.link < $1.link })
        where c.ending == nil && c.failure == nil && c.channel == nil {
            driver.close(c.link, reset: false)
        }
        for old in renamedLinks { driver.close(old.link, reset: false) }
        for a in arrivals { driver.close(a.link, reset: true) }
        for l in listeners.values { driver.stopListening(l.id) }
        for n in nodes.values.sorted() { driver.remove(n) }
    }
    var result: CaseResult {
        let requirement = claimed?.id ?? scenario.covers.first ?? ""
        var out = CaseResult(
            id: self.case.id, scenario: scenario, verdict: verdict, requirement: requirement,
            level: claimed?.level ?? level(of: requirement), problem: problem, reason: reasonToSkip,
            step: verdict == .pass ? 0 : decidedAt, duration: driver.now - scope.start, seed: options.seed,
            trace: trace, steps: outcomes, untoldSteps: untoldSteps, connections: connections,
            names: options.keepsEvidence ? CaseVariables(names: scope.names, secrets: scope.secrets) : nil)
        out.limitTrace(.ofCase)
        return out
    }
}
