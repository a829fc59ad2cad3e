public import Scenario

/// How many mutants of which fate there are.
public struct MutationCount: Sendable {
    /// Red at the right requirement.
    public var killed = 0
    /// Red over other requirements only.
    public var blamed = 0
    /// Green.
    public var survived = 0
    /// Left out, by the word for why: `never-applied`, `trivial`, `cannot-matter`, `unassigned`.
    public var leftOut: [String: Int] = [:]
    init(_ outcomes: [MutationOutcome]) { for o in outcomes { add(o.fate) } }
    /// Those that count.
    public var scored: Int { killed + blamed + survived }
    /// All of them.
    public var all: Int { scored + leftOut.values.reduce(0, +) }
    /// Killed of those that count, in percent; nil where none counts.
    public var percent: Double? { scored == 0 ? nil : 100 * Double(killed) / Double(scored) }
    /// Whether at least so many percent of those that count were killed, rounded down to whole mutants: one mutant of a
    /// small sample does not decide.
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

/// The score of a suite: mutants of the wire and of the node apart.
public struct MutationScore: Sendable {
    /// Of each requirement, in the order of their file, with those that are not among them left away.
    public var requirements: [(requirement: Requirement, wire: MutationCount, node: MutationCount)] = []
    /// Of all that break a requirement of this level first, and of those that break none (nil).
    public var wire: [Level?: MutationCount] = [:]
    /// The same of mutants of the node.
    public var node: [Level?: MutationCount] = [:]

    /// Of these outcomes.
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
    /// Killed of all that count, in percent, whatever the level; nil where none counts.
    public static func percent(_ counts: [Level?: MutationCount]) -> Double? {
        let scored = counts.values.reduce(0) { $0 + $1.scored }
        return scored == 0 ? nil : 100 * Double(counts.values.reduce(0) { $0 + $1.killed }) / Double(scored)
    }
}
