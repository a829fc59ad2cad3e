internal import Scenario

/// TAP, version 14: a test point for each case that ran, diagnostics in YAML for those that did not pass, the plan
/// last. Cases that did not run are no test points: they are what the run bails out of.
struct TAPFormat: ReportFormat {
    private var runs: [RunHead] = []
    private var number = 0
    private var notRun = 0
    private var run = -1

    /// The version.
    mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer) {
        self.runs = runs
        out += "TAP version 14\n"
    }
    /// A test point.
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
    /// `ok 7 - ...`
    private mutating func point(_ isOK: Bool, _ line: String, to out: inout ReportBuffer) {
        number += 1
        out += "\(isOK ? "" : "not ")ok \(number) - \(line)\n"
    }
    private func comment(_ run: Int, _ out: inout ReportBuffer) {
        guard let h = runs.head(of: run) else { return }
        let profile = h.profile.isEmpty ? "" : "  profile " + h.profile
        out += "# \(Printable.text("meshspec \(h.program)  target \(h.target)\(profile)  seed \(h.seedText)"))\n"
    }
    /// Text in which `#` begins no directive.
    static func description(_ s: String) -> String {
        Printable.text(s).escaping { $0 == "#" || $0 == "\\" ? "\\" + String($0) : nil }
    }
    /// A block of YAML; every text in double quotes.
    private func diagnostics(_ r: CaseRecord, _ outcome: Outcome, _ out: inout ReportBuffer) {
        func line(_ key: String, _ value: String) {
            // What would move the cursor of a terminal is spelled out before YAML sees it.
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
    /// The plan, or why there is none.
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
