internal import Scenario

/// SARIF 2.1.0, as code scanning takes it: a run of SARIF for each run, a result for each case that did not pass, the
/// requirements as its rules. What could not be judged is an `open` result; trouble of the harness is no result but a
/// notification of the invocation.
public struct SARIFFormat: ReportFormat {
    /// Notifications that are kept until the end of their run; of more there is a count.
    static let maximumNotifications = 1000
    private var runs: [RunHead] = []
    /// The run that is written now.
    private var run = -1
    private var hasResults = false
    private var rules = SARIFRules(RequirementList())
    private var notifications: [UInt8] = []
    private var notified = 0
    /// Where the exit status of each run comes, and whether its harness had trouble.
    private var invocations: [(offset: Int, isBroken: Bool)] = []
    /// Bytes kept for it.
    private static let room = 400

    public init() {}
    /// The head of the file.
    public mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer) {
        self.runs = runs
        out += "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":["
    }
    /// A result, for what has one.
    public mutating func add(_ r: CaseRecord, run: Int, to out: inout ReportBuffer) {
        while self.run < run { next(&out) }
        let outcome = Outcome(r, runs.indices.contains(run) ? runs[run].policy : Counts.Policy())
        switch outcome {
        case .passed, .skipped, .notRun: return
        case .broken: notify(r)
        case .failed: result(r, level: "error", &out)
        case .warned: result(r, level: "warning", &out)
        case .inconclusive: result(r, level: nil, &out)
        case .accepted(let note):
            // What could not be judged was no failure either way.
            result(
                r, level: r.verdict == .inconc ? nil : r.verdict == .fail ? "error" : "warning", accepted: note, &out)
        }
    }
    /// Begins the next run.
    private mutating func next(_ out: inout ReportBuffer) {
        finish(&out)
        run += 1
        hasResults = false
        notifications = []
        notified = 0
        let head = runs.indices.contains(run) ? runs[run] : nil
        rules = SARIFRules(head?.requirements ?? RequirementList())
        out += run > 0 ? ",\n{" : "\n{"
        // What code scanning tells the runs of one upload apart by.
        out += "\"automationDetails\":{\"id\":"
        text("meshspec/" + (head?.target ?? "") + "/", &out.pending)
        out += "},\"columnKind\":\"unicodeCodePoints\",\"properties\":{"
        JSONMember.text("target", Printable.text(head?.target ?? ""), to: &out.pending)
        JSONMember.text("profile", Printable.text(head?.profile ?? ""), to: &out.pending)
        JSONMember.text("seed", head?.seedText ?? "", to: &out.pending)
        out += "},\"results\":["
    }
    /// Ends the run that is written now.
    private mutating func finish(_ out: inout ReportBuffer) {
        guard run >= 0 else { return }
        let head = runs.indices.contains(run) ? runs[run] : nil
        out += "\n],\"tool\":{\"driver\":{\"name\":\"meshspec\",\"version\":"
        text(head?.program ?? "", &out.pending)
        out += ",\"rules\":["
        rules.write(to: &out.pending)
        out += "]}},\n\"invocations\":[{"
        invocations.append((out.position, notified > 0))
        out.pending += Self.status(exit: ExitCode.environment, isBroken: true, nil)
        if let started = head?.started { JSONMember.text("startTimeUtc", started, to: &out.pending) }
        if notified > 0 {
            out += ",\"toolExecutionNotifications\":["
            out.pending += notifications
            let rest = notified - Self.maximumNotifications
            if rest > 0 {
                out +=
                    ",\n{\"level\":\"error\",\"message\":{\"text\":\"\(rest) more cases in which the harness broke\"}}"
            }
            out += "]"
        }
        out += "}]}"
        notifications = []
    }
    /// The exit status of a run, filled with blanks.
    private static func status(exit: Int32, isBroken: Bool, _ trouble: String?) -> [UInt8] {
        let isDone = exit == ExitCode.good || exit == ExitCode.failed || exit == ExitCode.inconclusive
        var out = Array("\"executionSuccessful\":\(isDone && !isBroken),\"exitCode\":\(exit)".utf8)
        if let trouble {
            // Bounded in bytes whatever it says: ASCII, and no more of it than there is room for.
            let ascii = Style(hasColour: false, hasUnicode: false).safe(trouble)
            JSONMember.text("exitCodeDescription", String(ascii.prefix(140)), to: &out)
        }
        return out + [UInt8](repeating: 0x20, count: max(0, room - out.count))
    }
    /// Ends the last run, and puts in how all ended.
    public mutating func end(_ ends: [RunEnd], to out: inout ReportBuffer) {
        while run < max(runs.count, ends.count) - 1 { next(&out) }
        finish(&out)
        for (i, end) in ends.enumerated() where invocations.indices.contains(i) {
            let at = invocations[i]
            out.patch(at.offset, Self.status(exit: end.exit, isBroken: at.isBroken, end.trouble))
        }
        out += "\n]}\n"
    }

    /// Text for people, which viewers show as it is.
    private func text(_ s: String, _ out: inout [UInt8]) { JSONMember.string(Printable.text(s), to: &out) }

    /// A case as a result. Without a level it is one that could not be judged.
    private mutating func result(_ r: CaseRecord, level: String?, accepted: String? = nil, _ out: inout ReportBuffer) {
        out += hasResults ? ",\n{" : "\n{"
        hasResults = true
        JSONMember.text("ruleId", SARIFRules.id(r), to: &out.pending)
        if let i = rules.index(r) { JSONMember.number("ruleIndex", i, to: &out.pending) }
        JSONMember.text("kind", level == nil ? "open" : "fail", to: &out.pending)
        JSONMember.text("level", level ?? "none", to: &out.pending)
        out += ",\"message\":{\"text\":"
        text(Self.message(r), &out.pending)
        out += "},\"locations\":["
        Self.location(r, to: &out.pending)
        // Neither positions nor seeds: those change and the failure stays the same.
        out += "],\"partialFingerprints\":{\"caseRuleReason/v1\":\""
        out.pending += Fingerprint.of(Array("\(r.name)\u{0}\(r.requirement)\u{0}\(r.fingerprint)".utf8)).utf8
        out += "\"}"
        if let accepted {
            out += ",\"suppressions\":[{\"kind\":\"external\",\"justification\":"
            text(accepted, &out.pending)
            out += "}]"
        }
        out += ",\"properties\":{"
        JSONMember.text("case", Printable.text(r.roundName), to: &out.pending)
        JSONMember.text("verdict", r.verdict.rawValue, to: &out.pending)
        JSONMember.text("seed", "0x" + String(r.seed, radix: 16), to: &out.pending)
        if !r.command.isEmpty { JSONMember.text("command", Printable.text(r.command), to: &out.pending) }
        if runs.indices.contains(run) {
            JSONMember.text("target", Printable.text(runs[run].target), to: &out.pending)
        }
        if let folder = r.evidence { JSONMember.text("evidence", Printable.text(folder), to: &out.pending) }
        out += "}}"
    }
    /// `nano.handshake.v2-query: NANO-18 MUST: reason (response.signature: expected 7, got 0)`
    private static func message(_ r: CaseRecord) -> String {
        var out = r.name + ": " + r.story
        guard let p = r.failure, !p.wanted.isEmpty else { return out }
        out += " (" + (p.path.isEmpty ? "" : p.path + ": ") + "expected " + p.wanted
        return out + (p.had.isEmpty ? "" : ", got " + p.had) + ")"
    }
    private static func location(_ r: CaseRecord, to out: inout [UInt8]) {
        let uri = FileURI(r.failure?.file ?? r.file)
        out += "{\"physicalLocation\":{\"artifactLocation\":{".utf8
        JSONMember.text("uri", uri.text, to: &out)
        if uri.isBelow { JSONMember.text("uriBaseId", "%SRCROOT%", to: &out) }
        out += "}".utf8
        if let p = r.failure {
            out += ",\"region\":{".utf8
            JSONMember.number("startLine", max(1, p.line), to: &out)
            JSONMember.number("startColumn", max(1, p.column), to: &out)
            if let end = p.endColumn, end > p.column { JSONMember.number("endColumn", end, to: &out) }
            out += "}".utf8
        }
        out += "}}".utf8
    }
    /// Trouble of the harness.
    private mutating func notify(_ r: CaseRecord) {
        notified += 1
        guard notified <= Self.maximumNotifications else { return }
        notifications += (notified > 1 ? ",\n{" : "\n{").utf8
        JSONMember.text("level", "error", to: &notifications)
        notifications += ",\"message\":{\"text\":".utf8
        let story = r.story
        let told = story.utf8.count > 2000 ? String(story.prefix(500)) + " ..." : story
        text(r.roundName + ": " + told, &notifications)
        notifications += "},\"locations\":[".utf8
        Self.location(r, to: &notifications)
        notifications += "]}".utf8
    }
}
