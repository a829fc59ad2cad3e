internal import Scenario
internal import Text

/// A writer of JUnit XML as Jenkins, GitLab and most other tools read it. It is valid for the schema of Jenkins' xunit
/// plug-in. There is a suite for each run. A failure of the node is a `failure`. A problem of the harness and an
/// inconclusive case are each an `error`. A case has at most one `failure` or `error`.
struct JUnitFormat: ReportFormat {
    private var runs: [RunHead] = []
    private var isOpen = false
    /// The run whose suite is being written.
    private var run = -1
    private var all = Sums()
    private var suite = Sums()
    /// The files of an evidence bundle that are attached.
    private static let evidence = [
        EvidenceName.ladder, EvidenceName.wire, EvidenceName.trace, EvidenceName.replay,
    ]
    private static let style = Style(hasColour: false, width: 120)

    /// The counts at the head of a suite, which are known only at its end.
    private struct Sums {
        /// The offset of the counts in the output.
        var offset = 0
        var tests = 0
        var failures = 0
        var errors = 0
        var skipped = 0
        var time = Duration.zero
        /// The number of reserved bytes, which fits five numbers of 20 digits.
        static let size = 170

        /// Returns the attributes, filled with spaces.
        func attributes(hasSkipped: Bool) -> [UInt8] {
            let skips = hasSkipped ? " skipped=\"\(skipped)\"" : ""
            let counts = " tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\"\(skips)"
            return Array(Style.pad("\(counts) time=\"\(time.seconds(decimals: 3))\"", Self.size).utf8)
        }
        mutating func add(_ other: Sums) {
            tests += other.tests
            failures += other.failures
            errors += other.errors
            skipped += other.skipped
            time += other.time
        }
    }

    /// Writes the head. Its counts follow at the end.
    mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer) {
        self.runs = runs
        out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"meshspec\""
        all.offset = out.position
        out.pending += all.attributes(hasSkipped: false)
        out += ">\n"
    }
    /// Writes a `testcase`.
    mutating func add(_ r: CaseRecord, run: Int, to out: inout ReportBuffer) {
        if run != self.run || !isOpen { open(run, r.protocolName, &out) }
        suite.tests += 1
        suite.time += max(.zero, r.duration)
        let outcome = runs.outcome(r, run: run)
        out += " <testcase classname=\"\(XMLText.escape(r.section))\" name=\"\(XMLText.escape(r.roundName))\""
        out += " time=\"\(r.duration.seconds(decimals: 6))\""
        if outcome == .passed, r.retries == 0, r.evidence == nil {
            out += "/>\n"
            return
        }
        out += ">\n"
        body(r, outcome, run: run, into: &out)
        out += " </testcase>\n"
    }
    private mutating func body(_ r: CaseRecord, _ outcome: Outcome, run: Int, into out: inout ReportBuffer) {
        /// The content of `system-out`.
        var notes: [String] = []
        switch outcome {
        case .passed: if r.retries > 0 { notes.append(r.story) }
        case .warned: notes.append("warning: " + r.story)
        case .failed(let kind):
            suite.failures += 1
            element("failure", type: kind, r.story, block(r, run), into: &out)
        case .broken:
            suite.errors += 1
            element("error", type: "harness", r.story, block(r, run), into: &out)
        case .inconclusive:
            suite.errors += 1
            element("error", type: "inconclusive", r.story, block(r, run), into: &out)
        case .accepted, .skipped, .notRun:
            suite.skipped += 1
            element("skipped", type: nil, r.story, "", into: &out)
        }
        if outcome == .warned, r.failure != nil { notes.append(block(r, run)) }
        // Readers accept files but not folders.
        if let folder = r.evidence { notes += Self.evidence.map { "[[ATTACHMENT|\(folder)/\($0)]]" } }
        guard !notes.isEmpty else { return }
        out += "  <system-out>\(XMLText.escape(notes.joined(separator: "\n"), keepsLines: true))</system-out>\n"
    }
    private func element(
        _ name: String, type: String?, _ message: String, _ text: String, into out: inout ReportBuffer
    ) {
        let type = type.map { " type=\"\(XMLText.escape($0))\"" } ?? ""
        out += "  <\(name)\(type) message=\"\(XMLText.escape(message))\""
        out += text.isEmpty ? "/>\n" : ">\(XMLText.escape(text, keepsLines: true))</\(name)>\n"
    }
    /// Returns the failure in full.
    private func block(_ r: CaseRecord, _ run: Int) -> String {
        let rule = runs.head(of: run)?.requirements[r.requirement]
        return FailureBlock(record: r, requirement: rule).lines(Self.style).joined(separator: "\n")
    }

    /// Begins the suite of a run.
    private mutating func open(_ run: Int, _ name: String, _ out: inout ReportBuffer) {
        close(&out)
        isOpen = true
        self.run = run
        suite = Sums()
        let head = runs.head(of: run)
        out += "<testsuite name=\"\(XMLText.escape(name))\""
        // The schema does not allow a time zone; the time is UTC.
        if let started = head?.started {
            out += " timestamp=\"\(XMLText.escape(started.replacing("Z", with: "")))\""
        }
        if let head { out += " hostname=\"\(XMLText.escape(head.target))\"" }
        suite.offset = out.position
        out.pending += suite.attributes(hasSkipped: true)
        out += ">\n"
        guard let head else { return }
        out += " <properties>\n"
        for (name, value) in [
            ("target", head.target), ("profile", head.profile), ("seed", head.seedText), ("program", head.program),
            ("started", head.started ?? ""),
        ] where !value.isEmpty {
            out += "  <property name=\"\(name)\" value=\"\(XMLText.escape(value))\"/>\n"
        }
        out += " </properties>\n"
    }
    private mutating func close(_ out: inout ReportBuffer) {
        guard isOpen else { return }
        isOpen = false
        out.patch(suite.offset, suite.attributes(hasSkipped: true))
        all.add(suite)
        out += "</testsuite>\n"
    }
    /// Writes a suite for the trouble of a run as a whole, then fills in the counts.
    mutating func end(_ ends: [RunEnd], to out: inout ReportBuffer) {
        close(&out)
        for (i, end) in ends.enumerated() {
            guard let trouble = end.untold else { continue }
            open(i, "meshspec", &out)
            suite.tests += 1
            out += " <testcase classname=\"meshspec\" name=\"the run as a whole\" time=\"0.000000\">\n"
            if end.exit == ExitCode.failed {
                suite.failures += 1
                element("failure", type: "run", trouble, "", into: &out)
            } else {
                suite.errors += 1
                element("error", type: "run", trouble, "", into: &out)
            }
            out += " </testcase>\n"
            close(&out)
        }
        out.patch(all.offset, all.attributes(hasSkipped: false))
        out += "</testsuites>\n"
    }
}
