public import Scenario

/// The numbers of mutants by their fates.
public struct MutationCount: Sendable {
    /// The number of mutants with a failure at the right requirement.
    public var killed = 0
    /// The number of mutants with failures only at other requirements.
    public var blamed = 0
    /// The number of mutants without a failure.
    public var survived = 0
    /// The numbers of mutants left out, by the reason: `never-applied`, `trivial`, `cannot-matter`, `unassigned`.
    public var leftOut: [String: Int] = [:]
    init(_ outcomes: [MutationOutcome]) { for o in outcomes { add(o.fate) } }
    /// The number of mutants that count.
    public var scored: Int { killed + blamed + survived }
    /// The number of all mutants.
    public var all: Int { scored + leftOut.values.reduce(0, +) }
    /// The percentage of counted mutants that were killed; nil if none counts.
    public var percent: Double? { scored == 0 ? nil : 100 * Double(killed) / Double(scored) }
    /// Returns true if at least this percentage of the counted mutants was killed. It is rounded down to whole mutants,
    /// so that one mutant of a small sample does not decide.
    public func reaches(percent: Int) -> Bool { killed >= scored * percent / 100 }
    private mutating func add(_ fate: MutationOutcome.Fate) {
        switch fate {
        case .killed: killed += 1
        case .blamed: blamed += 1
        case .survived: survived += 1
        default: leftOut[fate.word, default: 0] += 1
        }
    }
}

/// The score of a suite, with separate counts for mutants of the wire and of the node.
public struct MutationScore: Sendable {
    /// The counts for each requirement with a mutant, in the order of the requirements file.
    public var requirements: [(requirement: Requirement, wire: MutationCount, node: MutationCount)] = []
    /// The counts of wire mutants by the level of the first requirement that they break; nil for mutants that break
    /// none.
    public var wire: [Level?: MutationCount] = [:]
    /// The same counts of mutants of the node.
    public var node: [Level?: MutationCount] = [:]

    /// Counts these outcomes.
    public init(_ outcomes: [MutationOutcome], _ list: RequirementList) {
        let level = { (o: MutationOutcome) in o.requirement.flatMap { list[$0]?.level } }
        wire = Dictionary(grouping: outcomes.filter(\.mutation.isOnWire), by: level).mapValues(MutationCount.init)
        node = Dictionary(grouping: outcomes.filter { !$0.mutation.isOnWire }, by: level).mapValues(MutationCount.init)
        let byID = Dictionary(grouping: outcomes, by: \.requirement)
        requirements = list.all.compactMap { r in
            guard let mine = byID[r.id] else { return nil }
            let count = Dictionary(grouping: mine, by: \.mutation.isOnWire).mapValues(MutationCount.init)
            return (r, count[true] ?? MutationCount([]), count[false] ?? MutationCount([]))
        }
    }
    /// Returns the percentage of counted mutants of all levels that were killed; nil if none counts.
    public static func percent(_ counts: [Level?: MutationCount]) -> Double? {
        let scored = counts.values.reduce(0) { $0 + $1.scored }
        return scored == 0 ? nil : 100 * Double(counts.values.reduce(0) { $0 + $1.killed }) / Double(scored)
    }
}
