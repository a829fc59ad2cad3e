internal import Scenario
internal import Text
internal import Wire

/// A writer of SARIF 2.1.0 for code scanning. It writes a SARIF run for each run, and a result for each case that did
/// not pass. The requirements are its rules. An inconclusive case is an `open` result. A problem of the harness is not
/// a result but a notification of the invocation.
struct SARIFFormat: ReportFormat {
    /// The maximum number of notifications that are kept until the end of their run; the others are counted.
    static let maximumNotifications = 1000
    private var runs: [RunHead] = []
    /// The run that is being written.
    private var run = -1
    private var hasResults = false
    private var rules = SARIFRules(RequirementList())
    private var notifications: [UInt8] = []
    private var notified = 0
    /// The offset of the exit status of each run, and whether its harness had trouble.
    private var invocations: [(offset: Int, isBroken: Bool)] = []
    /// The number of bytes reserved for the exit status.
    private static let statusSize = 400

    /// Writes the head of the file.
    mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer) {
        self.runs = runs
        out += "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":["
    }
    /// Writes the result or the notification of a case, if it has one.
    mutating func add(_ r: CaseRecord, run: Int, to out: inout ReportBuffer) {
        while self.run < run { next(&out) }
        switch runs.outcome(r, run: run) {
        case .passed, .skipped, .notRun: return
        case .broken: notify(r)
        case .failed: result(r, level: "error", &out)
        case .warned: result(r, level: "warning", &out)
        case .inconclusive: result(r, level: nil, &out)
        case .accepted(let note):
            // An inconclusive case is not a failure, regardless of the baseline.
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
        let head = runs.head(of: run)
        rules = SARIFRules(head?.requirements ?? RequirementList())
        out += run > 0 ? ",\n{" : "\n{"
        // Code scanning distinguishes the runs of one upload by this id.
        JSONText.members(
            [
                "automationDetails": ["id": .printable("meshspec/" + (head?.target ?? "") + "/")],
                "columnKind": "unicodeCodePoints",
                "properties": [
                    "target": .printable(head?.target ?? ""), "profile": .printable(head?.profile ?? ""),
                    "seed": .text(head?.seedText ?? ""),
                ],
            ], to: &out.pending)
        out += ",\"results\":["
    }
    /// Ends the current run.
    private mutating func finish(_ out: inout ReportBuffer) {
        guard run >= 0 else { return }
        let head = runs.head(of: run)
        out += "\n],\"tool\":{\"driver\":{\"name\":\"meshspec\",\"version\":"
        JSONText.write(.printable(head?.program ?? ""), to: &out.pending)
        out += ",\"rules\":["
        rules.write(to: &out.pending)
        out += "]}},\n\"invocations\":[{"
        invocations.append((out.position, notified > 0))
        out.pending += Self.status(exit: ExitCode.environment, isBroken: true, nil)
        if let started = head?.started {
            out += ",\"startTimeUtc\":"
            JSONText.write(.text(started), to: &out.pending)
        }
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
    /// Returns the exit status of a run, filled with spaces.
    private static func status(exit: Int32, isBroken: Bool, _ trouble: String?) -> [UInt8] {
        let isDone = exit == ExitCode.good || exit == ExitCode.failed || exit == ExitCode.inconclusive
        // The size in bytes is bounded: the text is ASCII and is cut to the available room.
        let ascii = trouble.map { Style(hasColour: false, hasUnicode: false).safe($0).prefix(140) }
        var out: [UInt8] = []
        JSONText.members(
            [
                "executionSuccessful": .bool(isDone && !isBroken), "exitCode": Value(Int64(exit)),
                "exitCodeDescription": ascii.map { .text(String($0)) },
            ], to: &out)
        return out + [UInt8](repeating: 0x20, count: max(0, statusSize - out.count))
    }
    /// Ends the last run, and fills in the exit statuses.
    mutating func end(_ ends: [RunEnd], to out: inout ReportBuffer) {
        while run < max(runs.count, ends.count) - 1 { next(&out) }
        finish(&out)
        for (i, end) in ends.enumerated() where invocations.indices.contains(i) {
            let at = invocations[i]
            out.patch(at.offset, Self.status(exit: end.exit, isBroken: at.isBroken, end.trouble))
        }
        out += "\n]}\n"
    }

    /// Writes a case as a result. Without a level the case is inconclusive.
    private mutating func result(_ r: CaseRecord, level: String?, accepted: String? = nil, _ out: inout ReportBuffer) {
        out += hasResults ? ",\n" : "\n"
        hasResults = true
        // Positions and seeds are not included: they change while the failure remains the same.
        let fingerprint = Fingerprint.of(Array("\(r.name)\u{0}\(r.requirement)\u{0}\(r.fingerprint)".utf8))
        JSONText.write(
            .object([
                "ruleId": .text(SARIFRules.id(r)), "ruleIndex": rules.index(r).map { .number($0) },
                "kind": level == nil ? "open" : "fail", "level": .text(level ?? "none"),
                "message": ["text": .printable(Self.message(r))], "locations": [location(r)],
                "partialFingerprints": ["caseRuleReason/v1": .text(fingerprint)],
                "suppressions": accepted.map { [["kind": "external", "justification": .printable($0)]] },
                "properties": .object([
                    "case": .printable(r.roundName), "verdict": .text(r.verdict.rawValue),
                    "seed": .text(r.seed.seedText),
                    "command": r.command.isEmpty ? nil : .printable(r.command),
                    "target": runs.head(of: run).map { .printable($0.target) },
                    "evidence": r.evidence.map { .printable($0) },
                    "scenario": ResultPlace(r, runs.head(of: run)).scenario.map { .printable($0) },
                ]),
            ]), to: &out.pending)
    }
    /// Returns `nano.handshake.v2-query: NANO-18 MUST: reason (response.signature: expected 7, got 0)`.
    private static func message(_ r: CaseRecord) -> String {
        var out = r.name + ": " + r.story
        guard let p = r.failure, !p.wanted.isEmpty else { return out }
        out += " (" + (p.path.isEmpty ? "" : p.path + ": ") + "expected " + p.wanted
        return out + (p.had.isEmpty ? "" : ", got " + p.had) + ")"
    }
    /// Returns a line or column in the range of the schema: from 1, and exact as a JSON number.
    private static func position(_ n: Int) -> Value { .number(min(max(1, n), 1 << 53)) }
    private func location(_ r: CaseRecord) -> Value {
        let place = ResultPlace(r, runs.head(of: run))
        let uri = FileURI(place.file)
        let region = place.line.map { line in
            Value.object([
                "startLine": Self.position(line), "startColumn": place.column.map { Self.position($0) },
                "endColumn": place.endColumn.map { Self.position($0) },
            ])
        }
        return [
            "physicalLocation": .object([
                "artifactLocation": .object(["uri": .text(uri.text), "uriBaseId": uri.isBelow ? "%SRCROOT%" : nil]),
                "region": region,
            ])
        ]
    }
    /// Adds a notification about a problem of the harness.
    private mutating func notify(_ r: CaseRecord) {
        notified += 1
        guard notified <= Self.maximumNotifications else { return }
        notifications += (notified > 1 ? ",\n" : "\n").utf8
        let story = r.story
        let text = story.utf8.count > 2000 ? String(story.prefix(500)) + " ..." : story
        JSONText.write(
            [
                "level": "error", "message": ["text": .printable(r.roundName + ": " + text)],
                "locations": [location(r)],
            ], to: &notifications)
    }
}
