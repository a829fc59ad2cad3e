internal import Scenario
internal import Text

/// A writer of TAP version 14: a test point for each case that ran, YAML diagnostics for each case that did not pass,
/// and the plan at the end. Cases that did not run are not test points; they cause a `Bail out!`.
struct TAPFormat: ReportFormat {
    private var runs: [RunHead] = []
    private var number = 0
    private var notRun = 0
    private var run = -1

    /// Writes the version.
    mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer) {
        self.runs = runs
        out += "TAP version 14\n"
    }
    /// Writes a test point.
    mutating func add(_ r: CaseRecord, run: Int, to out: inout ReportBuffer) {
        if run != self.run {
            self.run = run
            comment(run, &out)
        }
        let outcome = runs.outcome(r, run: run)
        if outcome == .notRun {
            notRun += 1
            return
        }
        var line = Self.description(r.roundName)
        if runs.count > 1, let head = runs.head(of: run) { line += " @ " + Self.description(head.target) }
        switch outcome {
        case .skipped: line += " # SKIP " + Self.description(r.story)
        case .accepted(let note): line += " # TODO " + Self.description(note)
        default: break
        }
        point(outcome == .passed || outcome == .warned || outcome == .skipped, line, to: &out)
        switch outcome {
        case .passed, .skipped: if r.retries > 0 { diagnostics(r, outcome, &out) }
        default: diagnostics(r, outcome, &out)
        }
    }
    /// Writes `ok 7 - ...`.
    private mutating func point(_ isOK: Bool, _ line: String, to out: inout ReportBuffer) {
        number += 1
        out += "\(isOK ? "" : "not ")ok \(number) - \(line)\n"
    }
    private func comment(_ run: Int, _ out: inout ReportBuffer) {
        guard let h = runs.head(of: run) else { return }
        let profile = h.profile.isEmpty ? "" : "  profile " + h.profile
        out += "# \(Printable.text("meshspec \(h.program)  target \(h.target)\(profile)  seed \(h.seedText)"))\n"
    }
    /// Returns text in which `#` does not begin a directive.
    static func description(_ s: String) -> String {
        Printable.text(s).escaping { $0 == "#" || $0 == "\\" ? "\\" + String($0) : nil }
    }
    /// Writes a block of YAML. Every text is in double quotes.
    private func diagnostics(_ r: CaseRecord, _ outcome: Outcome, _ out: inout ReportBuffer) {
        func line(_ key: String, _ value: String) {
            // Characters that would move the cursor of a terminal are escaped before YAML quoting.
            if !value.isEmpty { out += "  \(key): \(QuotedScalar.text(Printable.text(value)))\n" }
        }
        out += "  ---\n"
        line("message", r.story)
        line("severity", Self.severity(outcome))
        line("requirement", r.requirement)
        line("level", r.level.rawValue)
        if let p = r.failure {
            out += "  at:\n  "
            line("file", p.file)
            out += "    line: \(max(1, p.line))\n    column: \(max(1, p.column))\n"
            line("path", p.path)
            line("expected", p.wanted)
            line("got", p.had)
        }
        line("seed", r.seed.seedText)
        line("reproduce", r.command)
        line("evidence", r.evidence ?? "")
        out += "  ...\n"
    }
    static func severity(_ outcome: Outcome) -> String {
        switch outcome {
        case .passed, .skipped, .notRun: "comment"
        case .warned: "warning"
        case .accepted: "todo"
        case .failed: "fail"
        case .inconclusive: "inconclusive"
        case .broken: "error"
        }
    }
    /// Writes the plan, or the reason why there is no plan.
    mutating func end(_ ends: [RunEnd], to out: inout ReportBuffer) {
        for (i, end) in ends.enumerated() {
            if i > run { comment(i, &out) }
            guard end.cutShort == nil, let trouble = end.untold else { continue }
            point(false, "the run as a whole", to: &out)
            out += "  ---\n  message: \(QuotedScalar.text(Printable.text(trouble)))\n  ...\n"
        }
        guard let why = ends.lazy.compactMap(\.cutShort).first ?? (notRun > 0 ? "\(notRun) did not run" : nil) else {
            out += "1..\(number)\n"
            return
        }
        out += "Bail out! \(Self.description(why))\n"
    }
}
