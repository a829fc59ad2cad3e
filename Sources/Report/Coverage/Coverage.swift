public import Node
public import Scenario
internal import Wire

/// All requirements, each with its cases and vectors and their last verdict.
public struct Coverage: Sendable {
    /// The kind of proof of a requirement.
    public enum State: String, Sendable {
        /// Cases claim the requirement.
        case cases
        /// Vectors name the requirement.
        case vectors
        /// No case can prove the requirement: `Requirement.untestable` has the reason.
        case untestable
        /// The proof is planned for later.
        case planned
        /// The requirement has no case and no vector, and its entry does not give a reason.
        case uncovered
    }
    /// One requirement.
    public struct Entry: Sendable {
        /// The name of the protocol.
        public var protocolName: String
        public var requirement: Requirement
        /// The ids of the scenarios that claim the requirement.
        public var cases: [String]
        /// The names of the vectors that name the requirement.
        public var vectors: [String]
        /// The last verdict of its cases; nil if none of them ever ran.
        public var verdict: Verdict?
        /// The target and the time of the last run of its cases.
        public var seen: Seen?
        /// The number of killed mutants that break the requirement; nil if it was not measured.
        public var mutants: MutantTally?
        /// The observer's judgement of the requirement; nil if no observer judges it, in which case
        /// `requirement.unobservable` has the reason.
        public var observed: ObservedRequirement?
        /// The kind of proof.
        public var state: State {
            if !cases.isEmpty { return .cases }
            if !vectors.isEmpty, requirement.kind == "codec" { return .vectors }
            if requirement.untestable != nil { return .untestable }
            return requirement.isPlanned ? .planned : .uncovered
        }
    }
    /// The run that produced a verdict.
    public struct Seen: Hashable, Sendable {
        /// The node under test.
        public var target: String
        /// The start of the run; empty if it is unknown.
        public var at: String
        public init(target: String, at: String) {
            self.target = target
            self.at = at
        }
    }
    /// The result of a case, as needed for its requirements.
    public struct Outcome: Sendable {
        /// The verdict.
        public var verdict: Verdict
        /// The requirement that the verdict is about.
        public var requirement: String
        /// The run that produced the verdict.
        public var seen: Seen
        public init(verdict: Verdict, requirement: String, seen: Seen) {
            self.verdict = verdict
            self.requirement = requirement
            self.seen = seen
        }
    }
    /// The requirements in the order of the files.
    public private(set) var entries: [Entry] = []

    /// Makes a coverage without requirements.
    public init() {}
    /// Adds the requirements of a protocol. `outcomes` has the results by the name of the case, followed by its
    /// variant. `observed` has the requirements that passive observers judge.
    public mutating func add(
        _ protocolName: String, requirements list: RequirementList, scenarios: [Scenario], vectors: [WireVector],
        outcomes: [String: Outcome], observed: [ObservedRequirement] = [],
        where takes: (Requirement, [Scenario]) -> Bool = { _, _ in true }
    ) {
        let variants = Dictionary(grouping: outcomes.keys.filter { $0.contains(" ") }) {
            String($0[..<($0.firstIndex(of: " ") ?? $0.endIndex)])
        }
        var claims: [String: [Scenario]] = [:]
        for s in scenarios { for id in s.claims { claims[id, default: []].append(s) } }
        var shown: [String: [String]] = [:]
        for v in vectors { for id in v.requirements { shown[id, default: []].append(v.name) } }
        for r in list.all {
            let mine = claims[r.id] ?? []
            guard takes(r, mine) else { continue }
            var verdicts = RequirementVerdicts()
            var seen: Seen?
            for id in mine.flatMap({ $0.cases.map(\.id) }) {
                for name in [id] + (variants[id] ?? []).sorted() {
                    guard let o = outcomes[name] else { continue }
                    if (seen?.at ?? "") <= o.seen.at { seen = o.seen }
                    verdicts.add(r.id, Self.says(o, of: r.id))
                }
            }
            entries.append(
                Entry(
                    protocolName: protocolName, requirement: r, cases: mine.map(\.id), vectors: shown[r.id] ?? [],
                    verdict: verdicts[r.id], seen: seen, observed: observed.first { $0.id == r.id }))
        }
    }
    /// Returns the verdict of a case on a requirement that it claims. If the verdict is about another requirement, a
    /// failure does not judge this one, and a warning counts as a pass.
    private static func says(_ o: Outcome, of id: String) -> Verdict {
        guard o.requirement != id else { return o.verdict }
        switch o.verdict {
        case .fail: return .inconc
        case .warn: return .pass
        default: return o.verdict
        }
    }

    /// Adds the number of killed mutants by requirement.
    public mutating func add(_ mutants: [String: MutantTally]) {
        for i in entries.indices { entries[i].mutants = mutants[entries[i].requirement.id] }
    }
    /// The states of the requirements of one level.
    struct Tally {
        var level: Level
        var states: [State]
        var all: Int { states.count }
        subscript(state: State) -> Int { states.count { $0 == state } }
        /// `MUST 41/54 covered (30 by cases, 11 by vectors), 12 planned, 1 untestable`
        var text: String {
            let (cases, vectors) = (self[.cases], self[.vectors])
            var out = "\(level.rawValue) \(cases + vectors)/\(all) covered"
            if vectors > 0 { out += " (\(cases) by cases, \(vectors) by vectors)" }
            for (state, word) in [(State.planned, "planned"), (.untestable, "untestable"), (.uncovered, "UNCOVERED")]
            where self[state] > 0 {
                out += ", \(self[state]) \(word)"
            }
            return out
        }
    }
    var tallies: [Tally] {
        Level.allCases.map { level in
            Tally(level: level, states: entries.filter { $0.requirement.level == level }.map(\.state))
        }.filter { $0.all > 0 }
    }
    /// The number of requirements that passive observers judge: `37 of 107 judged by the monitor`.
    var observedText: String { "\(entries.count { $0.observed != nil }) of \(entries.count) judged by the monitor" }
    /// The requirements without any proof whose entries do not give a reason.
    public var uncovered: [Entry] { entries.filter { $0.state == .uncovered } }
    /// The requirements that most of the observed implementations break. Each one is a question to the specification.
    public var questions: [Entry] { entries.filter(\.requirement.isQuestionable) }
    /// The requirements whose proof is planned for later.
    public var planned: [Entry] { entries.filter { $0.state == .planned } }
}
