public import Scenario

/// The number of cases for each result.
public struct Counts: Sendable {
    var counts: [Verdict: Int] = [:]
    /// The requirements of each level that were judged. `broken` has the ones among them that were broken.
    var judged: [Level: Set<String>] = [:]
    var broken: [Level: Set<String>] = [:]
    /// The strictness of the exit status.
    public struct Policy: Sendable {
        /// True if a broken SHOULD counts as a failure.
        public var isStrict = false
        /// True if inconclusive cases count as skipped.
        public var skipsInconclusive = false
        /// Makes the default policy: only a broken MUST is a failure, and inconclusive cases affect the exit status.
        public init() {}
    }
    /// The rules for what counts as a failure.
    public var policy: Policy
    /// The number of failures that the baseline accepts.
    public private(set) var expected = 0
    /// The number of passes that the baseline did not expect.
    public private(set) var unexpected = 0
    /// The number of passes that took more than one try.
    public private(set) var flaky = 0
    /// True if the run ended because its time was up.
    public var isOutOfTime = false
    /// The number of entries of the baseline whose cases do not exist.
    public var stale = 0
    /// The number of times that the node under test ended during the run.
    public var deaths = 0
    public init(_ policy: Policy = Policy()) { self.policy = policy }

    /// Returns the number of cases with this verdict, without the ones that the baseline lists.
    public subscript(v: Verdict) -> Int { counts[v] ?? 0 }
    /// The number of all cases.
    public var total: Int { counts.values.reduce(0, +) + expected + unexpected }
    /// Counts one case, and its verdict on the requirements that it covers.
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
    /// The number of cases that the baseline lists and that no longer fail as listed, without a verdict of `fail`.
    private var changed = 0
    /// Counts the cases that a crash of the harness affected.
    public mutating func crashed(_ running: Int, notRun: Int) {
        counts[.error, default: 0] += max(1, running)
        counts[.notRun, default: 0] += notRun
    }
    /// True if there is a failure of the node, or a mismatch with the baseline of known failures.
    var hasFailed: Bool {
        self[.fail] > 0 || unexpected > 0 || changed > 0 || stale > 0 || policy.isStrict && self[.warn] > 0
    }
    /// True if some case shows that the run was not successful.
    var isTold: Bool {
        self[.fail] > 0 || unexpected > 0 || changed > 0 || policy.isStrict && self[.warn] > 0 || self[.error] > 0
            || self[.inconc] > 0 && !policy.skipsInconclusive
    }
    /// The counts as text: `34 pass`, `1 fail`, ... Counts of zero are omitted, except for passes.
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
    /// Counts cases that should have run and have no result.
    public mutating func add(missing: Int) { counts[.notRun, default: 0] += max(0, missing) }
    /// The number of failures according to the policy.
    var failed: Int { self[.fail] + (policy.isStrict ? self[.warn] : 0) }
    /// The counts in one line: `41 cases: 34 pass, 1 fail   MUST 52/53   SHOULD 11/12`.
    public var line: String {
        let head = "\(RunConsole.cases(total)): \(parts.joined(separator: ", "))"
        return ([head] + Level.allCases.compactMap { kept($0) }).joined(separator: "   ")
    }
    /// Returns `MUST 21/22`, the number of requirements kept of the number judged; nil if none were judged.
    func kept(_ level: Level) -> String? {
        guard let all = judged[level]?.count else { return nil }
        return "\(level.rawValue) \(all - (broken[level]?.count ?? 0))/\(all)"
    }
    /// The exit status. It is constant per kind of outcome, never a count. If no case was judged, it is the status of
    /// an empty selection, because a run that tested nothing is not a success.
    public var exitCode: Int32 {
        if self[.error] > 0 { return ExitCode.environment }
        if hasFailed { return ExitCode.failed }
        if deaths > 0 { return ExitCode.environment }
        if isOutOfTime { return ExitCode.outOfTime }
        if self[.inconc] > 0, !policy.skipsInconclusive { return ExitCode.inconclusive }
        return self[.pass] + self[.warn] + expected > 0 ? ExitCode.good : ExitCode.nothingMatched
    }
}
