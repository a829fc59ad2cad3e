public import Scenario

extension Verdict {
    /// One character for a list of cases.
    func mark(_ style: Style) -> String {
        let u = style.hasUnicode
        return switch self {
        case .pass: style.paint(u ? "✓" : "ok", .good)
        case .fail: style.paint(u ? "✗" : "FAIL", .bad)
        case .warn: style.paint("!", .doubtful)
        case .inconc: style.paint("?", .doubtful)
        case .error: style.paint("E", .bad)
        case .skip, .notRun, .none: style.paint("-", .quiet)
        }
    }
}

/// How many cases came out how.
public struct Counts: Sendable {
    var counts: [Verdict: Int] = [:]
    /// MUST and SHOULD requirements that were judged, and those kept.
    var judged: [Level: Set<String>] = [:]
    var broken: [Level: Set<String>] = [:]
    public init() {}

    public subscript(v: Verdict) -> Int { counts[v] ?? 0 }
    public var total: Int { counts.values.reduce(0, +) }
    public mutating func add(_ r: CaseResult, _ requirements: RequirementList) {
        counts[r.verdict, default: 0] += 1
        guard r.verdict == .pass || r.verdict == .warn || r.verdict == .fail else { return }
        for id in r.scenario.covers {
            let level = requirements[id]?.level ?? .must
            judged[level, default: []].insert(id)
            if r.verdict != .pass, id == r.requirement { broken[level, default: []].insert(id) }
        }
    }
    /// `MUST 21/22`.
    func kept(_ level: Level) -> String {
        let all = judged[level]?.count ?? 0
        return "\(level.rawValue) \(all - (broken[level]?.count ?? 0))/\(all)"
    }
    /// Exit status by design: constant per kind of outcome, never a count.
    public var exitCode: Int32 {
        if self[.error] > 0 { return 4 }
        if self[.fail] > 0 { return 1 }
        if self[.inconc] > 0 { return 6 }
        return 0
    }
}
