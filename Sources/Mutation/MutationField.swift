internal import Node
internal import Scenario
internal import Synchronization

/// A suite with one group of settings, and the messages of the reference node in its cases. The first thread that needs
/// a case runs it once with the good node.
final class MutationField: Sendable {
    let settings: Settings
    /// The settings as on a command line.
    let text: String
    private let plan: MutationPlan
    private let looks: [Look]

    /// A case and the requirements that it tests.
    struct Subject: Sendable {
        let `case`: Case
        let claims: Set<String>

        init(_ one: Case) {
            self.case = one
            claims = Set(one.scenario.claims + one.scenario.covers)
        }
    }
    /// A case that passes with the good node, and the alterations that are possible in it.
    struct Reached: Sendable {
        let subject: Subject
        let reach: Set<String>
        let messages: Int
    }
    /// The result of a case with the good node.
    private enum Found: Sendable {
        case fit(Reached)
        /// The case did not pass, so it judges no mutant.
        case unfit(Verdict)
        case skipped

        /// Returns the case if `key` can be altered in it. A nil key fits every case.
        func reaching(_ key: String?) -> Reached? {
            guard case .fit(let r) = self, key.map({ r.reach.contains($0) }) ?? true else { return nil }
            return r
        }
    }
    private final class Look: Sendable {
        let subject: Subject
        let found = Mutex<Found?>(nil)
        init(_ subject: Subject) { self.subject = subject }
    }

    /// Creates a field in which no case has run.
    init(_ plan: MutationPlan, _ subjects: [Subject], _ settings: Settings) {
        self.plan = plan
        self.settings = settings
        text = MutationPlan.text(settings, plan.definition)
        looks = subjects.map(Look.init)
    }
    /// Returns true if a case is run, and not skipped before it begins.
    func runs(_ subject: Subject) -> Bool {
        MutationPlan.runs(subject.case.scenario, settings, plan.definition)
    }
    /// The cases that the good node was found not to pass. A case that is being tried is left out, because the trial
    /// may take minutes.
    var unfit: [(id: String, verdict: Verdict)] {
        looks.compactMap { look in
            guard case .unfit(let verdict)?? = look.found.withLockIfAvailable({ $0 }) else { return nil }
            return (look.subject.case.id, verdict)
        }
    }
    /// The number of cases that were run with the good node.
    var looked: Int { looks.count { $0.found.withLock { $0 != nil } } }

    /// Returns the selected cases that pass with the good node and in which `key` can be altered. If `key` is nil,
    /// returns all that pass. Cases that test the first of the `broken` requirements are first, and among them those
    /// with fewer messages.
    func cases(_ key: String?, _ broken: [String], where isWanted: (Subject) -> Bool) -> [Reached] {
        let wanted = looks.filter { isWanted($0.subject) }
        // Cases that another thread is running are last.
        for look in wanted { _ = look.found.withLockIfAvailable { find(look, &$0) } }
        let reached = wanted.compactMap { look in look.found.withLock { find(look, &$0) }.reaching(key) }
        let ranks = reached.map { one in broken.firstIndex { one.subject.claims.contains($0) } ?? broken.count }
        return reached.indices
            .sorted { (ranks[$0], reached[$0].messages, $0) < (ranks[$1], reached[$1].messages, $1) }
            .map { reached[$0] }
    }
    /// Returns true if there is such a case. Runs only as many cases as it needs.
    func hasCase(_ key: String?, where isWanted: (Subject) -> Bool) -> Bool {
        var busy: [Look] = []
        for look in looks where isWanted(look.subject) {
            guard let found = look.found.withLockIfAvailable({ find(look, &$0) }) else {
                busy.append(look)
                continue
            }
            if found.reaching(key) != nil { return true }
        }
        return busy.contains { look in look.found.withLock { find(look, &$0) }.reaching(key) != nil }
    }
    private func find(_ look: Look, _ known: inout Found?) -> Found {
        if let known { return known }
        let log = WireLog(gathersReach: true)
        var found = Found.skipped
        plan.runner(settings, nil, log).simulate(Schedule([look.subject.case])) { r in
            switch r.verdict {
            case .pass:
                found = .fit(Reached(subject: look.subject, reach: log.take().reach, messages: r.trace.count))
            case .skip: break
            default: found = .unfit(r.verdict)
            }
        }
        known = found
        return found
    }
}

extension MutationPlan {
    /// Creates a runner of cases with a mutant, or with a good node that is only observed.
    func runner(_ settings: Settings, _ mutation: Mutation?, _ log: WireLog) -> Runner {
        var bug: String?
        if case .node(let b)? = mutation { bug = b.name }
        var mutant: WireMutant?
        if case .wire(let m)? = mutation { mutant = m }
        var o = RunOptions(subject: .builtIn(bug: bug), settings: settings, seed: seed)
        if bug == nil {
            o.wrap = { [mutant, definition, rules] in
                MutatedNode(
                    $0, mutant: mutant, definition: definition, settings: settings, log: log, lateness: rules.lateness)
            }
        }
        return Runner(definition, requirements, o)
    }
}
