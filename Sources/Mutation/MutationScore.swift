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
    /// A score without any mutant.
    public init() {}
    /// Those that count.
    public var scored: Int { killed + blamed + survived }
    /// All of them.
    public var all: Int { scored + leftOut.values.reduce(0, +) }
    /// Killed of those that count, in percent; nil where none counts.
    public var percent: Double? { scored == 0 ? nil : 100 * Double(killed) / Double(scored) }
    /// One more.
    public mutating func add(_ fate: MutationOutcome.Fate) {
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
        var byID: [String: (MutationCount, MutationCount)] = [:]
        for o in outcomes {
            let level = o.requirement.flatMap { list[$0]?.level }
            if o.mutation.isOnWire {
                wire[level, default: MutationCount()].add(o.fate)
                if let id = o.requirement { byID[id, default: (MutationCount(), MutationCount())].0.add(o.fate) }
            } else {
                node[level, default: MutationCount()].add(o.fate)
                if let id = o.requirement { byID[id, default: (MutationCount(), MutationCount())].1.add(o.fate) }
            }
        }
        for r in list.all { if let c = byID[r.id] { requirements.append((r, c.0, c.1)) } }
    }
    /// Killed of all that count, in percent, whatever the level; nil where none counts.
    public static func percent(_ counts: [Level?: MutationCount]) -> Double? {
        let scored = counts.values.reduce(0) { $0 + $1.scored }
        return scored == 0 ? nil : 100 * Double(counts.values.reduce(0) { $0 + $1.killed }) / Double(scored)
    }
}
