public import Node
public import Scenario
internal import Wire

/// Every requirement with what proves it and how that came out the last time.
public struct Coverage: Sendable {
    /// What stands behind a requirement.
    public enum State: String, Sendable {
        /// Cases claim it.
        case cases
        /// Vectors name it.
        case vectors
        /// No case can prove it: `Requirement.untestable` has the reason.
        case untestable
        /// What proves it comes later.
        case planned
        /// No case and no vector, and its entry does not say why.
        case uncovered
    }
    /// One requirement.
    public struct Entry: Sendable {
        /// Name of the protocol.
        public var protocolName: String
        public var requirement: Requirement
        /// Ids of scenarios that claim it.
        public var cases: [String]
        /// Names of vectors that name it.
        public var vectors: [String]
        /// How its cases came out the last time; nil when none of them ever ran.
        public var verdict: Verdict?
        /// When, and against whom, the last of them ran.
        public var seen: Seen?
        /// How many mutants that break it were killed; nil where nobody has measured it.
        public var mutants: MutantTally?
        /// What a passive observer sees of it; nil where it judges it not, which `requirement.unobservable` has the
        /// reason of.
        public var observed: ObservedRequirement?
        /// What stands behind it.
        public var state: State {
            if !cases.isEmpty { return .cases }
            if !vectors.isEmpty, requirement.kind == "codec" { return .vectors }
            if requirement.untestable != nil { return .untestable }
            return requirement.isPlanned ? .planned : .uncovered
        }
    }
    /// A run that a verdict is from.
    public struct Seen: Hashable, Sendable {
        /// Who was tested.
        public var target: String
        /// When it began; empty when nobody knows.
        public var at: String
        /// A run.
        public init(target: String, at: String) {
            self.target = target
            self.at = at
        }
    }
    /// How a case came out, for what it says of requirements.
    public struct Outcome: Sendable {
        /// The verdict.
        public var verdict: Verdict
        /// Requirement that the verdict is about.
        public var requirement: String
        /// The run that it is from.
        public var seen: Seen
        /// How a case came out.
        public init(verdict: Verdict, requirement: String, seen: Seen) {
            self.verdict = verdict
            self.requirement = requirement
            self.seen = seen
        }
    }
    /// In the order of the files.
    public private(set) var entries: [Entry] = []

    /// No requirement yet.
    public init() {}
    /// The requirements of a protocol. `outcomes`: by the name of the case, its variant behind it. `observed`: those
    /// that passive observers judge.
    public mutating func add(
        _ protocolName: String, _ list: RequirementList, _ scenarios: [Scenario], _ vectors: [WireVector],
        _ outcomes: [String: Outcome], observed: [ObservedRequirement] = [],
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
    /// What a case that came out so says of a requirement that it claims: one that failed over another said nothing.
    private static func says(_ o: Outcome, of id: String) -> Verdict {
        guard o.requirement != id else { return o.verdict }
        switch o.verdict {
        case .fail: return .inconc
        case .warn: return .pass
        default: return o.verdict
        }
    }

    /// Adds how many mutants were killed, by requirement.
    public mutating func add(_ mutants: [String: MutantTally]) {
        for i in entries.indices { entries[i].mutants = mutants[entries[i].requirement.id] }
    }
    /// How many requirements of a level are in each state.
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
    /// How many of them passive observers judge: `37 of 107 judged by the monitor`.
    var observedText: String { "\(entries.count { $0.observed != nil }) of \(entries.count) judged by the monitor" }
    /// Requirements without anything, whose entries do not say why.
    public var uncovered: [Entry] { entries.filter { $0.state == .uncovered } }
    /// Requirements that most of the observed implementations break. Each one is a question to the specification.
    public var questions: [Entry] { entries.filter(\.requirement.isQuestionable) }
    /// Requirements whose proof comes later.
    public var planned: [Entry] { entries.filter { $0.state == .planned } }
}
