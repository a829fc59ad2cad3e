public import Scenario

/// How many cases came out how.
public struct Counts: Sendable {
    var counts: [Verdict: Int] = [:]
    /// Requirements of each level that were judged, and those of them that were not kept.
    var judged: [Level: Set<String>] = [:]
    var broken: [Level: Set<String>] = [:]
    /// No case yet.
    public init() {}

    /// Cases with this verdict.
    public subscript(v: Verdict) -> Int { counts[v] ?? 0 }
    /// All cases.
    public var total: Int { counts.values.reduce(0, +) }
    /// Counts one case, and what it says of the requirements that it covers.
    public mutating func add(_ r: CaseResult, _ requirements: RequirementList) {
        counts[r.verdict, default: 0] += 1
        guard r.verdict == .pass || r.verdict == .warn || r.verdict == .fail else { return }
        for id in r.scenario.covers { judged[requirements[id]?.level ?? .must, default: []].insert(id) }
        guard r.verdict != .pass else { return }
        // A step may claim a requirement that the case does not list.
        let level = requirements[r.requirement]?.level ?? .must
        judged[level, default: []].insert(r.requirement)
        broken[level, default: []].insert(r.requirement)
    }
    /// `MUST 21/22`: requirements kept, of those that were judged; nil when none was.
    func kept(_ level: Level) -> String? {
        guard let all = judged[level]?.count else { return nil }
        return "\(level.rawValue) \(all - (broken[level]?.count ?? 0))/\(all)"
    }
    /// Exit status by design: constant per kind of outcome, never a count. When no case came to be judged, that of an
    /// empty selection: what tested nothing is not green.
    public var exitCode: Int32 {
        if self[.error] > 0 { return 4 }
        if self[.fail] > 0 { return 1 }
        if self[.inconc] > 0 { return 6 }
        return self[.pass] + self[.warn] > 0 ? 0 : 5
    }
}
