public import Scenario
internal import Node
internal import Synchronization

/// Runs the mutants of a plan: each with the cases about what it breaks until one of them is red over that, and with
/// all others that it reaches only when none was. One seed gives one outcome, however many threads there are.
public final class MutationRun: Sendable {
    public let plan: MutationPlan
    private let state: Mutex<State>
    /// The suite under each of the settings.
    let fields: [MutationField]
    private let subjects: [MutationField.Subject]

    private struct State: Sendable {
        var next = 0
        var done = 0
        var outcomes: [MutationOutcome?]
        var isStopped = false
    }

    /// Nothing is run yet.
    public init(_ plan: MutationPlan) {
        self.plan = plan
        state = Mutex(State(outcomes: plan.mutations.map { _ in nil }))
        let subjects = plan.cases.map(MutationField.Subject.init)
        self.subjects = subjects
        fields = plan.settings.map { MutationField(plan, subjects, $0) }
    }
    /// What came out so far, in the order of the plan; nil for those that have not run.
    public var outcomes: [MutationOutcome?] { state.withLock { $0.outcomes } }
    /// How many have run.
    public var done: Int { state.withLock { $0.done } }
    /// No further mutant begins.
    public func stop() { state.withLock { $0.isStopped = true } }
    /// Cases that the good node does not pass, of those that were looked at so far: they judge no mutant.
    public var unfit: [(id: String, verdict: Verdict, setting: String)] {
        fields.flatMap { field in field.unfit.map { ($0.id, $0.verdict, field.text) } }
    }
    /// Runs mutants until there is none left: called by each thread that takes part.
    public func work() {
        while let i = take() {
            let outcome = outcome(of: plan.mutations[i])
            state.withLock {
                $0.outcomes[i] = outcome
                $0.done += 1
            }
        }
    }
    private func take() -> Int? {
        state.withLock { s in
            guard !s.isStopped, s.next < s.outcomes.count else { return nil }
            defer { s.next += 1 }
            return s.next
        }
    }

    private func outcome(of mutation: Mutation) -> MutationOutcome {
        let broken = mutation.breaks(plan.rules)
        let fate: MutationOutcome.Fate =
            switch broken {
            case .unassigned: .unassigned
            case .cannotMatter(let why): .cannotMatter(why)
            case .requirements(let ids): fate(of: mutation, ids)
            }
        return MutationOutcome(mutation: mutation, broken: broken, fate: fate)
    }
    private func fate(of mutation: Mutation, _ broken: [String]) -> MutationOutcome.Fate {
        var trial = Trial(mutation, broken, plan)
        var isTimer = false
        if case .wire(let m) = mutation { isTimer = m.side == .timer }
        let key = mutation.key
        var isReached = false
        var tried: Set<String> = []
        func isDone(with field: MutationField) -> Bool {
            // Another parameter is worth a try only where what is altered was not there before, or where it lets cases run
            // that are about what the mutant breaks. Profiles always are, and times may be longer with another parameter.
            let isOther = isTimer || field.settings.profile != fields[0].settings.profile
            let isWorthIt = field.hasCase(key) { subject in
                !isReached || isOther || subject.isAbout(broken) && !tried.contains(subject.case.id)
            }
            // A fault in the node may show in the same cases with another value: those about it are run again.
            guard isWorthIt || key == nil else { return false }
            isReached = true
            tried.formUnion(field.cases(key, broken) { $0.isAbout(broken) }.map(\.subject.case.id))
            return trial.run(field, isWhole: isWorthIt)
        }
        // Where nothing could be altered with any profile, it can be most likely where further cases about it run.
        for field in fields.prefix(profiles) where isDone(with: field) { return trial.fate }
        var rest = Array(fields.dropFirst(profiles))
        if !isReached {
            let likely = rest.filter { lets(casesAbout: broken, run: $0) }
            rest = likely + rest.filter { field in !likely.contains { $0 === field } }
        }
        for field in rest where isDone(with: field) { break }
        return trial.fate
    }
    /// How many settings with presets there are, one for each profile: they stand first.
    private var profiles: Int {
        1 + fields.dropFirst().prefix { $0.settings.profile != fields[0].settings.profile }.count
    }
    /// Whether a setting lets a case run that is about one of these requirements and does not run with the first setting.
    private func lets(casesAbout broken: [String], run field: MutationField) -> Bool {
        subjects.contains { subject in
            subject.isAbout(broken) && !fields[0].runs(subject) && field.runs(subject)
        }
    }
}

extension Mutation {
    /// What it alters, as what a case reaches is called; nil where it is in the node.
    fileprivate var key: String? {
        if case .wire(let m) = self { m.side.rawValue + ":" + m.subject } else { nil }
    }
}

extension MutationField.Subject {
    /// Whether it is about one of these requirements.
    fileprivate func isAbout(_ ids: [String]) -> Bool { !claims.isDisjoint(with: ids) }
}

/// The cases that one mutant is run with.
private struct Trial {
    let mutation: Mutation
    let broken: [String]
    let plan: MutationPlan
    private var altered = 0
    private var good = 0
    private var killed: Verdict.Finding?
    private var blamed: Verdict.Finding?

    init(_ mutation: Mutation, _ broken: [String], _ plan: MutationPlan) {
        (self.mutation, self.broken, self.plan) = (mutation, broken, plan)
    }
    /// Runs the cases that it reaches, or those alone that are about what is broken; true when one of them killed it.
    mutating func run(_ field: MutationField, isWhole: Bool) -> Bool {
        run(field.cases(mutation.key, broken) { $0.isAbout(broken) }, field)
        // The rest only tells who is blamed instead; one finding of that is enough.
        if blamed == nil, isWhole {
            run(field.cases(mutation.key, broken) { !$0.isAbout(broken) }, field, stopsAtBlame: true)
        }
        return killed != nil
    }
    private mutating func run(
        _ cases: [MutationField.Reached], _ field: MutationField, stopsAtBlame: Bool = false
    ) {
        let log = WireLog()
        let runner = plan.runner(field.settings, mutation, log)
        for c in cases {
            var found: Verdict.Finding?
            runner.simulate(Schedule([c.subject.case])) { r in
                guard r.verdict == .fail || r.verdict == .warn else { return }
                found = Verdict.Finding(
                    id: r.id, verdict: r.verdict, requirement: r.requirement, setting: field.text)
            }
            let done = log.take()
            altered += done.altered
            good += done.good
            if let found, isKill(found) { killed = found }
            blamed = blamed ?? found
            if killed != nil || stopsAtBlame && blamed != nil { return }
        }
    }
    /// A MUST has failed, or a SHOULD was warned of.
    private func isKill(_ f: Verdict.Finding) -> Bool {
        guard broken.contains(f.requirement) else { return false }
        return f.verdict >= (plan.requirements[f.requirement]?.level ?? .must).verdict
    }
    var fate: MutationOutcome.Fate {
        if mutation.isOnWire {
            if altered == 0 { return .neverApplied }
            if good == 0 { return .trivial }
        }
        if let killed { return .killed(killed) }
        return blamed.map { .blamed($0) } ?? .survived
    }
}
