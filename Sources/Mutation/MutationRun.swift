public import Scenario
internal import Node
internal import Synchronization

/// A run of the mutants of a plan. Each mutant runs with the cases about the requirements that it breaks, until a case
/// fails or warns at such a requirement. If no case does, the mutant runs with all other cases that it reaches. One
/// seed gives one outcome for any number of threads.
public final class MutationRun: Sendable {
    public let plan: MutationPlan
    private let state: Mutex<State>
    /// The suite with each of the settings.
    let fields: [MutationField]
    private let subjects: [MutationField.Subject]

    private struct State: Sendable {
        var next = 0
        var done = 0
        var outcomes: [MutationOutcome?]
        var isStopped = false
    }

    /// Creates a run in which no mutant has run.
    public init(_ plan: MutationPlan) {
        self.plan = plan
        state = Mutex(State(outcomes: plan.mutations.map { _ in nil }))
        let subjects = plan.cases.map(MutationField.Subject.init)
        self.subjects = subjects
        fields = plan.settings.map { MutationField(plan, subjects, $0) }
    }
    /// The outcomes so far, in the order of the plan; nil for mutants that have not run.
    public var outcomes: [MutationOutcome?] { state.withLock { $0.outcomes } }
    /// The number of mutants that have run.
    public var done: Int { state.withLock { $0.done } }
    /// Prevents further mutants from starting.
    public func stop() { state.withLock { $0.isStopped = true } }
    /// The cases so far that the good node does not pass. They judge no mutant.
    public var unfit: [(id: String, verdict: Verdict, setting: String)] {
        fields.flatMap { field in field.unfit.map { ($0.id, $0.verdict, field.text) } }
    }
    /// Runs mutants until none is left. Each thread of the run calls it.
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
            // Another parameter is tried only if the altered part did not occur before, or if it lets cases run that
            // test what the mutant breaks. Another profile is always tried. So is any parameter for a timer, because
            // times may be longer.
            let isOther = isTimer || field.settings.profile != fields[0].settings.profile
            let isWorthIt = field.hasCase(key) { subject in
                !isReached || isOther || subject.isAbout(broken) && !tried.contains(subject.case.id)
            }
            // A fault in the node may show in the same cases with another value, so the cases about it are run again.
            guard isWorthIt || key == nil else { return false }
            isReached = true
            tried.formUnion(field.cases(key, broken) { $0.isAbout(broken) }.map(\.subject.case.id))
            return trial.run(field, isWhole: isWorthIt)
        }
        // If nothing could be altered with any profile, settings that let further cases about it run are the most
        // likely ones.
        for field in fields.prefix(profiles) where isDone(with: field) { return trial.fate }
        var rest = Array(fields.dropFirst(profiles))
        if !isReached {
            let likely = rest.filter { lets(casesAbout: broken, run: $0) }
            rest = likely + rest.filter { field in !likely.contains { $0 === field } }
        }
        for field in rest where isDone(with: field) { break }
        return trial.fate
    }
    /// The number of settings with presets, one for each profile. They are the first settings.
    private var profiles: Int {
        1 + fields.dropFirst().prefix { $0.settings.profile != fields[0].settings.profile }.count
    }
    /// Returns true if a setting lets a case about these requirements run that does not run with the first setting.
    private func lets(casesAbout broken: [String], run field: MutationField) -> Bool {
        subjects.contains { subject in
            subject.isAbout(broken) && !fields[0].runs(subject) && field.runs(subject)
        }
    }
}

extension Mutation {
    /// The part that it alters, in the notation of `MutationField.Reached.reach`; nil for a fault in the node.
    fileprivate var key: String? {
        if case .wire(let m) = self { m.side.rawValue + ":" + m.subject } else { nil }
    }
}

extension MutationField.Subject {
    /// Returns true if it tests any of these requirements.
    fileprivate func isAbout(_ ids: [String]) -> Bool { !claims.isDisjoint(with: ids) }
}

/// The cases with which one mutant is run.
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
    /// Runs the cases that the mutant reaches; unless `isWhole`, only those about what is broken. Returns true if one
    /// killed it.
    mutating func run(_ field: MutationField, isWhole: Bool) -> Bool {
        run(field.cases(mutation.key, broken) { $0.isAbout(broken) }, field)
        // The other cases only show which requirement is blamed instead, for which one finding is enough.
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
    /// Returns true if a MUST failed or a SHOULD was warned of.
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
