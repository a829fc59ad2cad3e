internal import Scenario

/// JUnit XML as Jenkins, GitLab and most others read it, valid by the schema of Jenkins' xunit plug-in. A suite for
/// each run; failures of the node are `failure`, trouble of the harness and what could not be judged is `error`, one of
/// them at most for each case.
public struct JUnitFormat: ReportFormat {
    private var runs: [RunHead] = []
    private var isOpen = false
    /// The run whose suite is written now.
    private var run = -1
    private var all = Sums()
    private var suite = Sums()
    /// What of an evidence bundle is attached.
    private static let evidence = [
        EvidenceName.ladder, EvidenceName.wire, EvidenceName.trace, EvidenceName.replay,
    ]
    private static let style = Style(hasColour: false, width: 120)

    /// What stands at the head of a suite, where it is known at its end only.
    private struct Sums {
        /// Where it stands.
        var offset = 0
        var tests = 0
        var failures = 0
        var errors = 0
        var skipped = 0
        var time = Duration.zero
        /// Bytes kept for it: five numbers of 20 digits.
        static let room = 170

        /// Attributes, filled with blanks.
        func attributes(hasSkipped: Bool) -> [UInt8] {
            var out: [UInt8] = []
            func add(_ name: StaticString, _ n: Int) {
                out.append(0x20)
                name.withUTF8Buffer { out += $0 }
                out += "=\"".utf8
                Digits.write(n, to: &out)
                out.append(0x22)
            }
            add("tests", tests)
            add("failures", failures)
            add("errors", errors)
            if hasSkipped { add("skipped", skipped) }
            out += " time=\"".utf8
            Digits.seconds(time, places: 3, to: &out)
            out.append(0x22)
            out += [UInt8](repeating: 0x20, count: max(0, Self.room - out.count))
            return out
        }
        mutating func add(_ other: Sums) {
            tests += other.tests
            failures += other.failures
            errors += other.errors
            skipped += other.skipped
            time += other.time
        }
    }

    public init() {}
    /// The head; its counts come at the end.
    public mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer) {
        self.runs = runs
        out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"meshspec\"" as StaticString
        all.offset = out.position
        out.pending += all.attributes(hasSkipped: false)
        out += ">\n" as StaticString
    }
    /// A `testcase`.
    public mutating func add(_ r: CaseRecord, run: Int, to out: inout ReportBuffer) {
        if run != self.run || !isOpen { open(run, r.protocolName, &out) }
        suite.tests += 1
        suite.time += max(.zero, r.duration)
        let outcome = Outcome(r, runs.indices.contains(run) ? runs[run].policy : Counts.Policy())
        out += " <testcase" as StaticString
        XMLText.attribute("classname", r.section, to: &out.pending)
        XMLText.attribute("name", r.roundName, to: &out.pending)
        out += " time=\"" as StaticString
        Digits.seconds(r.duration, places: 6, to: &out.pending)
        if outcome == .passed, r.retries == 0, r.evidence == nil {
            out += "\"/>\n" as StaticString
            return
        }
        out += "\">\n" as StaticString
        body(r, outcome, run, &out)
        out += " </testcase>\n" as StaticString
    }
    private mutating func body(_ r: CaseRecord, _ outcome: Outcome, _ run: Int, _ out: inout ReportBuffer) {
        /// What stands in `system-out`.
        var notes: [String] = []
        switch outcome {
        case .passed: if r.retries > 0 { notes.append(r.story) }
        case .warned: notes.append("warning: " + r.story)
        case .failed(let kind):
            suite.failures += 1
            element("failure", type: kind, r.story, block(r, run), &out)
        case .broken:
            suite.errors += 1
            element("error", type: "harness", r.story, block(r, run), &out)
        case .inconclusive:
            suite.errors += 1
            element("error", type: "inconclusive", r.story, block(r, run), &out)
        case .accepted, .skipped, .notRun:
            suite.skipped += 1
            element("skipped", type: nil, r.story, "", &out)
        }
        if outcome == .warned, r.failure != nil { notes.append(block(r, run)) }
        // Readers take files, not folders.
        if let folder = r.evidence { notes += Self.evidence.map { "[[ATTACHMENT|\(folder)/\($0)]]" } }
        guard !notes.isEmpty else { return }
        out += "  <system-out>" as StaticString
        XMLText.text(notes.joined(separator: "\n"), to: &out.pending)
        out += "</system-out>\n" as StaticString
    }
    private func element(
        _ name: StaticString, type: String?, _ message: String, _ text: String, _ out: inout ReportBuffer
    ) {
        out += "  <" as StaticString
        out += name
        if let type { XMLText.attribute("type", type, to: &out.pending) }
        XMLText.attribute("message", message, to: &out.pending)
        guard !text.isEmpty else {
            out += "/>\n" as StaticString
            return
        }
        out += ">" as StaticString
        XMLText.text(text, to: &out.pending)
        out += "</" as StaticString
        out += name
        out += ">\n" as StaticString
    }
    /// The failure in full.
    private func block(_ r: CaseRecord, _ run: Int) -> String {
        let rule = runs.indices.contains(run) ? runs[run].requirements[r.requirement] : nil
        return FailureBlock(r, rule).lines(Self.style).joined(separator: "\n")
    }

    /// Begins the suite of a run.
    private mutating func open(_ run: Int, _ name: String, _ out: inout ReportBuffer) {
        close(&out)
        isOpen = true
        self.run = run
        suite = Sums()
        out += "<testsuite" as StaticString
        XMLText.attribute("name", name, to: &out.pending)
        let head = runs.indices.contains(run) ? runs[run] : nil
        // Its schema wants no zone; it is UTC.
        if let started = head?.started {
            XMLText.attribute("timestamp", started.replacing("Z", with: ""), to: &out.pending)
        }
        if let head { XMLText.attribute("hostname", head.target, to: &out.pending) }
        suite.offset = out.position
        out.pending += suite.attributes(hasSkipped: true)
        out += ">\n" as StaticString
        guard let head else { return }
        out += " <properties>\n" as StaticString
        for (name, value) in [
            ("target", head.target), ("profile", head.profile), ("seed", head.seedText), ("program", head.program),
            ("started", head.started ?? ""),
        ] as [(StaticString, String)] where !value.isEmpty {
            out += "  <property name=\"" as StaticString
            out += name
            out += "\"" as StaticString
            XMLText.attribute("value", value, to: &out.pending)
            out += "/>\n" as StaticString
        }
        out += " </properties>\n" as StaticString
    }
    private mutating func close(_ out: inout ReportBuffer) {
        guard isOpen else { return }
        isOpen = false
        out.patch(suite.offset, suite.attributes(hasSkipped: true))
        all.add(suite)
        out += "</testsuite>\n" as StaticString
    }
    /// What is wrong with a run as a whole stands in a suite of its own; then the counts are put in.
    public mutating func end(_ ends: [RunEnd], to out: inout ReportBuffer) {
        close(&out)
        for (i, end) in ends.enumerated() {
            guard let trouble = end.untold else { continue }
            open(i, "meshspec", &out)
            suite.tests += 1
            out += " <testcase classname=\"meshspec\" name=\"the run as a whole\" time=\"0.000000\">\n" as StaticString
            if end.exit == ExitCode.failed {
                suite.failures += 1
                element("failure", type: "run", trouble, "", &out)
            } else {
                suite.errors += 1
                element("error", type: "run", trouble, "", &out)
            }
            out += " </testcase>\n" as StaticString
            close(&out)
        }
        out.patch(all.offset, all.attributes(hasSkipped: false))
        out += "</testsuites>\n" as StaticString
    }
}
