import Nano
import Node
import Testing
import Wire

@testable import Report
@testable import Scenario

/// Pages for a review and their data. The checks in a browser (Tests/Interop/html) write them to files.
struct Pages {
    /// This text must always remain text.
    static let hostile =
        "</script><script>window.hacked=1</script><!--<script>]]></template><img src=x onerror=window.hacked=1>\"'&amp;\u{0}\u{1b}[31m\u{202e}txet\u{2066}\u{200b}\u{feff}\u{2028}\u{2029}\u{fffd}é漢"

    static func head(_ target: String = "target one", requirements: RequirementList = rules) -> RunHead {
        RunHead(
            program: "1.2", target: target, profile: "v28", seed: 0x51f2, cases: 3, started: "2026-01-02T03:04:05Z",
            requirements: requirements)
    }
    static let rules = RequirementList(
        Made.requirements.all
            + (1...30).map { n in
                Made.requirement(
                    "NANO-X\(n)", n % 3 == 0 ? .should : .must,
                    "Rule \(n) of those that are made up is kept by every node.",
                    quote: "A node MUST keep rule \(n), whatever the other side sends.", source: "made up, section \(n)"
                )
            })
    static func end(_ records: [CaseRecord]) -> RunEnd {
        var counts = Counts()
        for r in records { counts.add(r, rules) }
        return RunEnd(counts: counts, exit: counts.exitCode, elapsed: .milliseconds(1234))
    }
    /// Returns a case that passed.
    static func passed(
        _ id: String, _ covers: [String] = ["NANO-16", "NANO-18"], title: String = "A query is answered"
    )
        -> CaseRecord
    {
        CaseRecord(
            id: id, title: title, protocolName: "nano", verdict: .pass, requirement: covers.first ?? "", level: .must,
            covers: covers, duration: .microseconds(214), file: "made/case.yaml", content: "00", seed: 0x51f2)
    }
    /// Returns the same case with its steps as in a run. One step is from a fragment, one was left out, and one was not
    /// reached unless the case passed.
    static func stepped(_ r: CaseRecord, evidence: String? = nil) -> CaseRecord {
        typealias Step = CaseRecord.Step
        func outcome(_ began: Int, _ ended: Int, _ state: StepOutcome.State = .held) -> Step.Outcome {
            Step.Outcome(state: state, began: .microseconds(began), ended: .microseconds(ended))
        }
        var r = r
        r.command = "meshspec run \(r.id) --seed 0x51f2"
        r.evidence = evidence ?? r.evidence
        r.steps = [
            Step(line: 8, text: "use ../fragments/connected.yaml", outcome: outcome(0, 0)),
            Step(
                line: 3, file: "made/connected.yaml", depth: 1, text: "open peer -> node as c", label: "to be asked",
                outcome: outcome(0, 1200)),
            Step(line: 10, text: "send on c: nano.node_id_handshake", outcome: outcome(1200, 1200, .leftOut)),
            Step(
                line: 11, text: "expect on c: nano.keepalive", requirement: "NANO-16", outcome: outcome(1200, 213_000)),
            Step(line: 12, text: "never on c: any message", outcome: outcome(213_000, 214_400)),
        ]
        guard r.verdict != .pass, let reason = r.reason else { return r }
        r.steps[3].outcome?.state = .failed
        r.steps[3].outcome?.verdict = r.verdict
        r.steps[3].outcome?.reason = reason
        r.steps[4].outcome = nil
        return r
    }
    /// Merges several runs of one target, like `report` merges results files. The newest run is the last.
    static func history(_ runs: [[CaseRecord]]) -> (head: RunHead, records: [CaseRecord]) {
        func head(_ i: Int) -> RunHead {
            var h = Self.head()
            h.started = "2026-01-0\(i + 1)T03:04:05Z"
            return h
        }
        var merged = MergedRun(nil, head(0))
        for (i, records) in runs.enumerated() {
            merged.begin("night-\(i + 1).jsonl", head(i))
            for r in records { merged.add(r) }
            merged.end(nil, cut: nil)
        }
        merged.close()
        var counted: [CaseRecord] = []
        for (i, records) in runs.enumerated() {
            for (j, r) in records.enumerated() where merged.takes(r, file: i, index: j) {
                counted.append(merged.withHistory(r))
            }
        }
        return (merged.head, counted)
    }
    static let environment = {
        var e = RunEnvironment(
            command: "meshspec run --target 192.0.2.7:7075 --report html=out/", host: "builder-7",
            system: "Debian GNU/Linux 13 (trixie), Linux 6.12.1 x86_64")
        e.revision = "0123456789abcdef0123456789abcdef01234567"
        e.links = [
            RunEnvironment.Link(name: "job", url: "https://ci.example/group/node/-/jobs/17"),
            RunEnvironment.Link(name: "bad", url: "javascript:alert(1)"),
        ]
        return e
    }()
    /// Returns a case that broke NANO-16, with all details of a failure.
    static func failed(_ id: String, reason: String = "extensions: wanted 7, had 0", verdict: Verdict = .fail) throws
        -> CaseRecord
    {
        var problem = Made.problem(reason)
        problem.because = "the header has room for it"
        problem.branch = "left"
        var r = Made.record(
            try Made.result(verdict, problem, trace: Made.trace(.message(Made.keepaliveType, Made.keepalive)), id: id),
            command: "meshspec run \(id) --seed 0x51f2")
        r.evidence = "out/evidence/\(id)"
        // The case is from the same file as the cases that pass.
        r.content = "00"
        return r
    }
    /// Returns a failure in which all texts are hostile.
    static func hostile(_ id: String) throws -> CaseRecord {
        var r = try failed(id, reason: hostile)
        r.title = hostile
        r.id += hostile
        r.variant = hostile
        r.covers = [hostile, "NANO-16"]
        r.requirement = hostile
        r.command = hostile
        r.evidence = "javascript:alert(1)//" + hostile
        r.fingerprint = hostile
        r.protocolName = hostile
        r = stepped(r)
        r.command = hostile
        for i in r.steps.indices {
            r.steps[i].text = hostile
            r.steps[i].label = hostile
            r.steps[i].requirement = hostile
            r.steps[i].file = hostile
            if r.steps[i].outcome != nil { r.steps[i].outcome?.reason = hostile }
        }
        r.expectation = .changed(was: hostile)
        r.failure?.file = hostile
        r.failure?.label = hostile
        r.failure?.branch = hostile
        r.failure?.because = hostile
        r.failure?.path = hostile
        r.failure?.stopped = hostile
        r.failure?.excerpt = Excerpt(text: hostile, carets: "  ^^^" + hostile)
        r.failure?.fields = FieldTable(rows: [FieldTable.Row(path: hostile, value: hostile, wanted: hostile)])
        for i in (r.failure?.trace ?? []).indices {
            r.failure?.trace[i].ours = hostile
            r.failure?.trace[i].link = hostile
            r.failure?.trace[i].error = hostile
            r.failure?.trace[i].name = hostile
        }
        return r
    }
    /// Returns a page with these cases. The buffer is emptied after each `n` cases.
    static func page(_ heads: [RunHead], _ records: [(CaseRecord, Int)], takenEvery n: Int = .max, path: String = "")
        -> [UInt8]
    {
        var out = ReportBuffer()
        var bytes: [UInt8] = []
        var format: any ReportFormat = HTMLFormat(path: path, definitions: [.nano])
        format.begin(heads, to: &out)
        for (i, (record, run)) in records.enumerated() {
            if i % n == n - 1 { bytes += out.take() }
            format.add(record, run: run, to: &out)
        }
        format.end(heads.indices.map { i in end(records.filter { $0.1 == i }.map(\.0)) }, to: &out)
        bytes += out.take()
        for p in out.patches { bytes.replaceSubrange(p.offset..<p.offset + p.bytes.count, with: p.bytes) }
        return bytes
    }
    /// Returns a mixture of results.
    static func mixed(_ run: Int) throws -> [CaseRecord] {
        var out = (1...40).map { n in
            stepped(passed("nano.\(n % 2 == 0 ? "ping" : "query").case\(n)", ["NANO-X\(n % 30 + 1)"]))
        }
        out[0].retries = 1
        out[1].expectation = .passed(note: "mended in 2.0")
        if run != 1 { out.append(stepped(try failed("nano.made.case"))) }
        if run != 2 {
            out.append(try failed("nano.made.warns", reason: "no keepalive came within 2 s", verdict: .warn))
        } else {
            out.append(passed("nano.made.warns"))
        }
        out.append(try failed("nano.made.unclear", reason: "the preparation failed", verdict: .inconc))
        var accepted = try failed("nano.made.accepted")
        accepted.expectation = .failed(note: "known since 1.0")
        out.append(accepted)
        var skipped = passed("nano.made.skipped")
        skipped.verdict = .skip
        skipped.reason = "only for clients"
        out.append(skipped)
        skipped.id = "nano.made.last"
        skipped.verdict = .notRun
        skipped.reason = "interrupted"
        out.append(skipped)
        return out
    }
    static func many(_ n: Int, isFailing: Bool) throws -> [(CaseRecord, Int)] {
        var bad = try failed("nano.made.case", reason: "extensions: wanted 7, had 0")
        return (1...n).map { i in
            guard isFailing else {
                let r = passed(
                    "nano.s\(i % 40).case\(i)", ["NANO-X\(i % 30 + 1)"], title: "The rule number \(i % 50) is kept")
                return (stepped(r), 0)
            }
            bad.id = "nano.s\(i % 40).case\(i)"
            bad.fingerprint = "\(i % 100)"
            return (bad, 0)
        }
    }
}
