public import Scenario
public import Text

/// The output of `meshspec run`: a line for each case, the failures in full, and the summary at the end.
public struct RunConsole: Sendable {
    /// The formatting of the output.
    public let style: Style
    /// The requirements that the cases are about.
    public let requirements: RequirementList
    /// The counts of the results so far.
    public var outcome: Counts
    var failures: [FailureGroup] = []
    /// The index of each cause in `failures`.
    private var places: [FailureGroup.Cause: Int] = [:]
    /// The capabilities that the node has, because a case that requires them passed.
    private var shown: Set<String> = []
    let columns: Int
    /// The number of sections of the cases. `headed` has the sections whose heading was printed.
    private let sections: Int
    private var headed: Set<String> = []

    /// Makes a console. The `ids` of the cases determine the width of their column.
    public init(_ style: Style, _ requirements: RequirementList, ids: [String], policy: Counts.Policy = Counts.Policy())
    {
        self.style = style
        self.requirements = requirements
        outcome = Counts(policy)
        sections = Set(ids.map { CaseRecord.section($0) }).count
        columns = min(48, ids.map { style.safe($0).count }.max() ?? 0)
    }
    /// The maximum number of causes that are reported in full at the end. Further failures have only their line.
    static let maximumFailures = 200
    /// The number of failures of further causes.
    var untold = 0

    /// Returns the first line: the program, the target, the seed, the number of cases (nil: without end), and the
    /// number of skipped cases with the reasons. On a narrow terminal it takes several lines.
    public func header(
        version: String, target: String, seed: UInt64, cases: Int?, _ skips: [(reason: String, cases: Int)] = []
    ) -> [String] {
        var line = "meshspec \(version)  target \(style.safe(target))  seed 0x\(String(seed, radix: 16))"
        line += "  " + (cases.map(Self.cases) ?? "unlimited cases")
        let all = skips.reduce(0) { $0 + $1.cases }
        if all > 0 {
            let told = skips.prefix(2).map { s in
                let reason = style.cut(style.safe(s.reason), 60)
                return skips.count > 1 ? "\(s.cases) \(reason)" : reason
            }
            let rest = skips.count > 2 ? "; ..." : ""
            line += " (\(all) skipped: \(told.joined(separator: "; "))\(rest))"
        }
        return style.fold(line)
    }
    /// Returns the line above the first case of each section, if there are several sections.
    public mutating func heading(_ r: CaseRecord) -> String? {
        guard sections > 1, headed.insert(r.section).inserted else { return nil }
        return style.paint(style.safe(r.section), .strong)
    }
    /// Counts one case and returns its line. On a terminal the line does not exceed the width, as far as the verdict,
    /// the id and the time leave room. `capabilities` has the ones that the case requires.
    public mutating func line(_ r: CaseRecord, capabilities: [String] = []) -> String {
        outcome.add(r, requirements)
        if r.verdict == .pass { shown.formUnion(capabilities) }
        keep(r, capabilities)
        var about =
            switch r.verdict {
            case .pass, .none: r.covers.joined(separator: " ")
            case .skip: "skip: \(r.reason ?? "")"
            case .notRun: "not run: \(r.reason ?? "")"
            case .inconc: "\(r.rule)  \(r.explanation ?? r.reason ?? "")"
            default: "\(r.rule)  \(r.reason ?? "")"
            }
        switch r.expectation {
        case .failed(let note): about = "xfail: \(note)  \(about)"
        case .passed(let note): about = "xpass: the baseline says it fails: \(note)"
        case .changed(let was): about = "not as the baseline says (\(was)): \(about)"
        case .expired(let day): about = "the baseline's entry ended \(day): \(about)"
        case nil: break
        }
        if r.isFlaky {
            let before = r.verdict == .pass ? r.reason.map { "; before: " + $0 } ?? "" : ""
            about = "flaky: \(r.lastTry)\(before)  \(about)"
        }
        if r.retries > 0, !r.isFlaky { about += "  (tried \(r.retries + 1) times)" }
        let time = r.verdict == .skip || r.verdict == .notRun ? "-" : Self.time(r.duration)
        let mark = style.hasUnicode ? 3 : 6
        var before = " \(Style.pad(style.safe(r.name), columns)) \(Style.padLeft(time, 8))  "
        var room = style.width - mark - before.count
        if room < 16 {
            // The terminal is too narrow for one line: the id has its own.
            let indent = String(repeating: " ", count: mark + 1) + time + "  "
            before = " \(style.safe(r.name))\n\(indent)"
            room = max(16, style.width - indent.count)
        }
        return "  \(r.verdict.paddedMark(style))\(before)\(style.cut(style.safe(about), room))"
    }
    private mutating func keep(_ r: CaseRecord, _ capabilities: [String]) {
        guard let p = r.failure else { return }
        if case .failed? = r.expectation { return }
        let cause = FailureGroup.Cause(r, p)
        if let i = places[cause] { return failures[i].add(r, capabilities: capabilities) }
        guard failures.count < Self.maximumFailures else {
            untold += 1
            return
        }
        places[cause] = failures.count
        let block = FailureBlock(record: r, requirement: requirements[r.requirement])
        failures.append(FailureGroup(block, cause, capabilities: capabilities))
    }
    /// The failures in full, grouped by cause. The most serious ones are at the end, next to the summary, where users
    /// look first.
    public var details: [String] {
        let rest = untold > 0 ? ["", "... \(untold) more without details: run them with --last-failed"] : []
        return Verdict.allCases.sorted { Self.gravity($0) < Self.gravity($1) }.flatMap { v in
            failures.filter { $0.cause.verdict == v }
        }.flatMap { [""] + $0.lines(style, shown: shown) } + rest
    }
    /// Returns the rank of a verdict. A case that could not be judged is often the consequence of a failure, so a fail
    /// outranks it, and also outranks a problem of the harness.
    private static func gravity(_ v: Verdict) -> Int { v == .fail ? 3 : v == .error ? 2 : v == .warn ? 1 : 0 }
    /// Returns the files to look at and the next command; nil if there is neither. `report` is a file that was written.
    /// `again` is the command that repeats the cases that did not pass.
    public func next(report: String?, again: String) -> String? {
        var parts: [String] = []
        func add(_ n: Int, _ one: String, _ many: String) { if n > 0 { parts.append("\(n) \(n == 1 ? one : many)") } }
        add(outcome.failed, "conformance failure", "conformance failures")
        add(outcome.unexpected, "unexpected pass", "unexpected passes")
        add(outcome[.error], "error", "errors")
        if parts.isEmpty { add(outcome[.inconc], "inconclusive case", "inconclusive cases") }
        let isGood = parts.isEmpty
        if let report { parts.append("report \(style.safe(report))") }
        if !isGood { parts.append("rerun: \(style.safe(again))") }
        return parts.isEmpty ? nil : parts.joined(separator: " \(style.dot) ")
    }
    /// Returns the last line. On a narrow terminal it takes several lines.
    public func summary(elapsed: Duration) -> [String] {
        let line = outcome.line + "   " + Self.time(elapsed)
        return style.fold(line).map { style.paint($0, outcome.exitCode == 0 ? .good : .bad) }
    }
    static func cases(_ n: Int) -> String { "\(n) case\(n == 1 ? "" : "s")" }
    /// Returns a duration in two or three digits and its unit.
    static func time(_ d: Duration) -> String {
        let us = Int((max(.zero, d) / .microseconds(1)).rounded())
        if us < 1000 { return "\(us) us" }
        // The value is rounded before the unit is chosen: 999.7 ms becomes a second.
        let ms = (us + 500) / 1000
        if ms < 1000 { return "\(ms) ms" }
        let tenths = (ms + 50) / 100
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
