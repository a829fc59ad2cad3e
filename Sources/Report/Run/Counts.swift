public import Scenario

/// How many cases came out how.
public struct Counts: Sendable {
    var counts: [Verdict: Int] = [:]
    /// Requirements of each level that were judged, and those of them that were not kept.
    var judged: [Level: Set<String>] = [:]
    var broken: [Level: Set<String>] = [:]
    /// How strict the exit status is.
    public struct Policy: Sendable {
        /// A SHOULD that was not kept counts as a failure.
        public var isStrict = false
        /// Inconclusive cases count as skipped.
        public var skipsInconclusive = false
        /// MUST alone, and inconclusive cases tell in the exit status.
        public init() {}
    }
    /// What counts as a failure.
    public var policy: Policy
    /// Failures that the baseline accepts.
    public private(set) var expected = 0
    /// Passes that the baseline did not expect.
    public private(set) var unexpected = 0
    /// Passes that took more than one try.
    public private(set) var flaky = 0
    /// Set when the run ended because its time was up.
    public var isOutOfTime = false
    /// Entries of the baseline whose cases do not exist.
    public var stale = 0
    /// The number of times that the node under test ended during the run.
    public var deaths = 0
    public init(_ policy: Policy = Policy()) { self.policy = policy }

    /// Cases with this verdict, without those that the baseline speaks of.
    public subscript(v: Verdict) -> Int { counts[v] ?? 0 }
    /// All cases.
    public var total: Int { counts.values.reduce(0, +) + expected + unexpected }
    /// Counts one case, and what it says of the requirements that it covers.
    public mutating func add(_ r: CaseRecord, _ requirements: RequirementList) {
        if r.isFlaky { flaky += 1 }
        switch r.expectation {
        case .failed: expected += 1
        case .passed: unexpected += 1
        case nil: counts[r.verdict, default: 0] += 1
        case .changed, .expired:
            counts[r.verdict, default: 0] += 1
            if r.verdict != .fail { changed += 1 }
        }
        func level(_ id: String) -> Level { requirements[id]?.level ?? .must }
        for id in r.kept { judged[level(id), default: []].insert(id) }
        guard let id = r.broken else { return }
        judged[level(id), default: []].insert(id)
        broken[level(id), default: []].insert(id)
    }
    /// Cases that the baseline lists and that no longer fail as listed, without having failed outright.
    private var changed = 0
    /// Counts what is to be told when the harness crashes.
    public mutating func crashed(_ running: Int, notRun: Int) {
        counts[.error, default: 0] += max(1, running)
        counts[.notRun, default: 0] += notRun
    }
    /// Something counts as a failure of the node, or as one of the baseline that lists what fails.
    var hasFailed: Bool {
        self[.fail] > 0 || unexpected > 0 || changed > 0 || stale > 0 || policy.isStrict && self[.warn] > 0
    }
    /// Some case shows that the run is not good.
    var isTold: Bool {
        self[.fail] > 0 || unexpected > 0 || changed > 0 || policy.isStrict && self[.warn] > 0 || self[.error] > 0
            || self[.inconc] > 0 && !policy.skipsInconclusive
    }
    /// `34 pass`, `1 fail`, ...: what there is, passes always.
    var parts: [String] {
        var out: [String] = ["\(self[.pass]) pass"]
        for (v, name) in [
            (Verdict.fail, "fail"), (.warn, "warn"), (.inconc, "inconc"), (.error, "error"), (.skip, "skip"),
            (.notRun, "not run"),
        ] where self[v] > 0 { out.append("\(self[v]) \(name)") }
        if expected > 0 { out.append("\(expected) xfail") }
        if unexpected > 0 { out.append("\(unexpected) xpass") }
        if flaky > 0 { out.append("\(flaky) flaky") }
        return out
    }
    /// Cases that were to run and of which nothing is known.
    public mutating func add(missing: Int) { counts[.notRun, default: 0] += max(0, missing) }
    /// Failures as the policy counts them.
    var failed: Int { self[.fail] + (policy.isStrict ? self[.warn] : 0) }
    /// The counts in one line: `41 cases: 34 pass, 1 fail   MUST 52/53   SHOULD 11/12`.
    public var line: String {
        let head = "\(RunConsole.cases(total)): \(parts.joined(separator: ", "))"
        return ([head] + Level.allCases.compactMap { kept($0) }).joined(separator: "   ")
    }
    /// `MUST 21/22`: requirements kept, of those that were judged; nil when none was.
    func kept(_ level: Level) -> String? {
        guard let all = judged[level]?.count else { return nil }
        return "\(level.rawValue) \(all - (broken[level]?.count ?? 0))/\(all)"
    }
    /// Exit status by design: constant per kind of outcome, never a count. When no case came to be judged, that of an
    /// empty selection: what tested nothing is not green.
    public var exitCode: Int32 {
        if self[.error] > 0 { return ExitCode.environment }
        if hasFailed { return ExitCode.failed }
        if deaths > 0 { return ExitCode.environment }
        if isOutOfTime { return ExitCode.outOfTime }
        if self[.inconc] > 0, !policy.skipsInconclusive { return ExitCode.inconclusive }
        return self[.pass] + self[.warn] + expected > 0 ? ExitCode.good : ExitCode.nothingMatched
    }
}
