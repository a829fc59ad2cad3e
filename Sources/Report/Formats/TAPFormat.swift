internal import Scenario

/// TAP, version 14: a test point for each case that ran, diagnostics in YAML for those that did not pass, the plan
/// last. Cases that did not run are no test points: they are what the run bails out of.
public struct TAPFormat: ReportFormat {
    private var runs: [RunHead] = []
    private var number = 0
    private var notRun = 0
    private var run = -1

    public init() {}
    /// The version.
    public mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer) {
        self.runs = runs
        out += "TAP version 14\n" as StaticString
    }
    /// A test point.
    public mutating func add(_ r: CaseRecord, run: Int, to out: inout ReportBuffer) {
        if run != self.run {
            self.run = run
            comment(run, &out)
        }
        let outcome = Outcome(r, runs.indices.contains(run) ? runs[run].policy : Counts.Policy())
        if outcome == .notRun {
            notRun += 1
            return
        }
        let isOK = outcome == .passed || outcome == .warned || outcome == .skipped
        point(isOK, to: &out)
        Self.description(r.roundName, to: &out.pending)
        if runs.count > 1, runs.indices.contains(run) {
            out += " @ " as StaticString
            Self.description(runs[run].target, to: &out.pending)
        }
        switch outcome {
        case .skipped:
            out += " # SKIP " as StaticString
            Self.description(r.story, to: &out.pending)
        case .accepted(let note):
            out += " # TODO " as StaticString
            Self.description(note, to: &out.pending)
        default: break
        }
        out.pending.append(0x0a)
        switch outcome {
        case .passed, .skipped: if r.retries > 0 { diagnostics(r, outcome, &out) }
        default: diagnostics(r, outcome, &out)
        }
    }
    /// `ok 7 - `
    private mutating func point(_ isOK: Bool, to out: inout ReportBuffer) {
        number += 1
        if !isOK { out += "not " as StaticString }
        out += "ok " as StaticString
        Digits.write(number, to: &out.pending)
        out += " - " as StaticString
    }
    private func comment(_ run: Int, _ out: inout ReportBuffer) {
        guard runs.indices.contains(run) else { return }
        let h = runs[run]
        var line = "meshspec " + h.program + "  target " + h.target
        if !h.profile.isEmpty { line += "  profile " + h.profile }
        out += "# " as StaticString
        out.pending += Printable.text(line + "  seed " + h.seedText).utf8
        out.pending.append(0x0a)
    }
    /// Text in which `#` begins no directive.
    static func description(_ s: String, to out: inout [UInt8]) {
        for c in Printable.text(s).utf8 {
            if c == 0x23 || c == 0x5c { out.append(0x5c) }
            out.append(c)
        }
    }
    /// A block of YAML; every text in double quotes.
    private func diagnostics(_ r: CaseRecord, _ outcome: Outcome, _ out: inout ReportBuffer) {
        func line(_ key: StaticString, _ value: String) {
            guard !value.isEmpty else { return }
            out += "  " as StaticString
            out += key
            out += ": " as StaticString
            // What would move the cursor of a terminal is spelled out before YAML sees it.
            out.pending += QuotedScalar.text(Printable.text(value)).utf8
            out.pending.append(0x0a)
        }
        out += "  ---\n" as StaticString
        line("message", r.story)
        line("severity", Self.severity(outcome))
        line("requirement", r.requirement)
        line("level", r.level.rawValue)
        if let p = r.failure {
            out += "  at:\n  " as StaticString
            line("file", p.file)
            out += "    line: \(max(1, p.line))\n    column: \(max(1, p.column))\n"
            line("path", p.path)
            line("expected", p.wanted)
            line("got", p.had)
        }
        line("seed", "0x" + String(r.seed, radix: 16))
        line("reproduce", r.command)
        line("evidence", r.evidence ?? "")
        out += "  ...\n" as StaticString
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
    public mutating func end(_ ends: [RunEnd], to out: inout ReportBuffer) {
        for (i, end) in ends.enumerated() {
            if i > run { comment(i, &out) }
            guard end.cutShort == nil, let trouble = end.untold else { continue }
            point(false, to: &out)
            out += "the run as a whole\n  ---\n  message: " as StaticString
            out.pending += QuotedScalar.text(Printable.text(trouble)).utf8
            out += "\n  ...\n" as StaticString
        }
        guard let why = ends.lazy.compactMap(\.cutShort).first ?? (notRun > 0 ? "\(notRun) did not run" : nil) else {
            out += "1..\(number)\n"
            return
        }
        out += "Bail out! " as StaticString
        Self.description(why, to: &out.pending)
        out.pending.append(0x0a)
    }
}
