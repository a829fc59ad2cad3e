import Glibc
import Nano
import Node
import Testing
import Wire

@testable import Report
@testable import Scenario

/// Pages to look at, and what they are made of. The checks in a browser (Tests/Interop/html) ask for them as files.
struct Pages {
    /// What must never be anything but text.
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
    static func end(_ verdicts: [Verdict]) -> RunEnd {
        var counts = Counts()
        for v in verdicts { counts.counts[v, default: 0] += 1 }
        return RunEnd(counts: counts, exit: counts.exitCode, elapsed: .milliseconds(1234))
    }
    /// A case that went well.
    static func passed(
        _ id: String, _ covers: [String] = ["NANO-16", "NANO-18"], title: String = "A query is answered"
    )
        -> CaseRecord
    {
        CaseRecord(
            id: id, title: title, protocolName: "nano", verdict: .pass, requirement: covers.first ?? "", level: .must,
            covers: covers, duration: .microseconds(214), file: "made/case.yaml", content: "00", seed: 0x51f2)
    }
    /// One that broke NANO-16 with all that a failure can have.
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
        return r
    }
    /// All texts of a failure are hostile.
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
    /// A page of these cases, taken out of the buffer after so many of them.
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
        format.end(heads.indices.map { i in end(records.filter { $0.1 == i }.map(\.0.verdict)) }, to: &out)
        bytes += out.take()
        for p in out.patches { bytes.replaceSubrange(p.offset..<p.offset + p.bytes.count, with: p.bytes) }
        return bytes
    }
    /// A bit of everything.
    static func mixed(_ run: Int) throws -> [CaseRecord] {
        var out = (1...40).map { n in passed("nano.\(n % 2 == 0 ? "ping" : "query").case\(n)", ["NANO-X\(n % 30 + 1)"])
        }
        out[0].retries = 1
        out[1].expectation = .passed(note: "mended in 2.0")
        if run != 1 { out.append(try failed("nano.made.case")) }
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
                return (
                    passed(
                        "nano.s\(i % 40).case\(i)", ["NANO-X\(i % 30 + 1)"], title: "The rule number \(i % 50) is kept"),
                    0
                )
            }
            bad.id = "nano.s\(i % 40).case\(i)"
            bad.fingerprint = "\(i % 100)"
            return (bad, 0)
        }
    }

    /// Writes the pages for the browser into the folder that the environment names.
    @Test(.enabled(if: getenv("MESHSPEC_PAGES") != nil)) func write() throws {
        let folder = getenv("MESHSPEC_PAGES").map { String(cString: $0) } ?? ""
        let heads = [
            "nano-node 28.1 at 192.0.2.7:7075", "peer of our own, built in",
            "nano-node legacy with a name that is long",
        ].map { Self.head($0) }
        let hostileHead = RunHead(
            program: Self.hostile, target: Self.hostile, profile: Self.hostile, seed: 1, cases: 1,
            requirements: RequirementList([
                Made.requirement(Self.hostile, .must, Self.hostile, quote: Self.hostile, source: Self.hostile)
            ]))
        let files: [(String, [UInt8])] = [
            ("one.html", Self.page([heads[0]], try Self.mixed(0).map { ($0, 0) })),
            ("good.html", Self.page([heads[0]], (1...3).map { (Self.passed("nano.ping.case\($0)"), 0) })),
            ("three.html", Self.page(heads, try (0..<3).flatMap { run in try Self.mixed(run).map { ($0, run) } })),
            (
                "hostile.html",
                Self.page(
                    [hostileHead], [(try Self.hostile("nano.made.hostile"), 0), (try Self.failed("nano.made.case"), 0)])
            ),
            ("large.html", Self.page([heads[0]], try Self.many(100_000, isFailing: false))),
            ("broken.html", Self.page([heads[0]], try Self.many(100_000, isFailing: true))),
            ("empty.html", Self.page([heads[0]], [])),
        ]
        for (name, bytes) in files {
            let file = open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            try #require(file >= 0)
            var at = 0
            while at < bytes.count {
                let n = bytes[at...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
                try #require(n > 0)
                at += n
            }
            close(file)
        }
    }
}
