import Node
import Wire

@testable import Report
@testable import Scenario

/// Records with each verdict and each result of a baseline, and reports of them.
enum Samples {
    static let head = RunHead(
        program: "1.2", target: "rs-nano", profile: "v28", seed: 0x51f2, cases: 14, started: "2026-01-02T03:04:05Z",
        requirements: Made.requirements)

    static func record(
        _ name: String, _ verdict: Verdict, _ reason: String? = nil, requirement: String = "NANO-16",
        hasProblem: Bool = true
    ) throws -> CaseRecord {
        let p = hasProblem && verdict != .pass && verdict != .skip && verdict != .notRun
        return Made.record(
            try Made.result(
                verdict, p ? Made.problem(reason ?? "late") : nil, requirement: requirement, id: "nano.made." + name,
                reason: reason), command: verdict == .pass ? "" : "meshspec run nano.made." + name)
    }
    /// Returns one record of each kind.
    static func every() throws -> [CaseRecord] {
        var all = try [
            record("pass", .pass), record("flaky", .pass), record("warn", .warn, "late", requirement: "NANO-24"),
            record("fail", .fail, "wanted 7, had 0"), record("inconc", .inconc, "harness late"),
            record("error", .error, "no port"), record("skip", .skip, "needs server"),
            record("notrun", .notRun, "interrupted"), record("xfail", .fail, "wanted 7, had 0"),
            record("xpass", .pass), record("changed", .inconc, "cannot judge"),
            record("expired", .warn, "late", requirement: "NANO-24"),
            record("evidence", .fail, "other", requirement: "NANO-18"),
            record("silent", .error, nil, hasProblem: false),
        ]
        all[1].retries = 2
        all[8].expectation = .failed(note: "known since May")
        all[9].expectation = .passed(note: "was broken")
        all[10].expectation = .changed(was: "NANO-18 0123")
        all[11].expectation = .expired("2025-01-01")
        all[12].evidence = "out/nano.made.evidence"
        all[12].variant = "chop:bytes"
        all[12].round = 3
        return all
    }
    /// Returns the end of a run with the counts of these records.
    static func end(_ records: [CaseRecord], policy: Counts.Policy = Counts.Policy(), cutShort: String? = nil) -> RunEnd
    {
        var counts = Counts(policy)
        for r in records { counts.add(r, Made.requirements) }
        return RunEnd(counts: counts, exit: counts.exitCode, elapsed: .milliseconds(28_400), cutShort: cutShort)
    }
    /// Returns the text of a report file at its end. If `takes` is true, the buffer is emptied after each case, as in a
    /// long run. Counts at the head are then no longer in the buffer.
    static func text(
        _ name: FormatName, _ records: [CaseRecord], head: RunHead = head, end: RunEnd? = nil, takes: Bool = false
    ) -> String {
        text(name, [(head, records, end ?? Samples.end(records, policy: head.policy))], takes: takes)
    }
    static func text(_ name: FormatName, _ runs: [(RunHead, [CaseRecord], RunEnd)], takes: Bool = false) -> String {
        var format = name.make()
        var out = ReportBuffer()
        var file: [UInt8] = []
        format.begin(runs.map(\.0), to: &out)
        for (i, run) in runs.enumerated() {
            for r in run.1 {
                format.add(r, run: i, to: &out)
                if takes { file += out.take() }
            }
        }
        format.end(runs.map(\.2), to: &out)
        file += out.take()
        for p in out.patches { file.replaceSubrange(p.offset..<p.offset + p.bytes.count, with: p.bytes) }
        return String(decoding: file, as: UTF8.self)
    }
    /// Returns a head with another policy.
    static func strict(_ policy: (inout Counts.Policy) -> Void) -> RunHead {
        var h = head
        policy(&h.policy)
        return h
    }
}

extension Samples {
    /// Text that no report may contain unescaped: colours, direction marks, ends of lines and elements, NUL, characters
    /// that XML cannot contain, and the special characters of each format.
    static let hostileText =
        "\u{1b}[31m\u{202e}x</script>]]>\u{0}\u{fffe}\u{fffd}\u{e0001}\u{feff}\u{2028}\r\n::error file=a,b::%0A %\n"
        + "not ok 9 - \\# SKIP x\n...\n```` @user #1 www.x.y http://x | <b onload=\"x\">&amp;'*_~ é 名"
    /// Returns records with the hostile text in each field that can contain foreign text.
    static func hostile() throws -> (RunHead, [CaseRecord], RunEnd) {
        let x = hostileText
        var all = try every()
        for i in all.indices {
            all[i].id += x
            all[i].title = x
            all[i].protocolName = x
            all[i].requirement = x
            all[i].file = x
            all[i].fingerprint = x
            all[i].command = x
            all[i].reason = x
            if all[i].evidence != nil { all[i].evidence = x }
            switch all[i].expectation {
            case .failed: all[i].expectation = .failed(note: x)
            case .passed: all[i].expectation = .passed(note: x)
            case .changed: all[i].expectation = .changed(was: x)
            case .expired: all[i].expectation = .expired(x)
            case nil: break
            }
            all[i].failure?.file = x
            all[i].failure?.excerpt = Excerpt(x, from: 3, to: 9)
            all[i].failure?.label = x
            all[i].failure?.branch = x
            all[i].failure?.because = "b " + x
            all[i].failure?.path = x
            all[i].failure?.wanted = x
            all[i].failure?.had = x
            all[i].failure?.stopped = x
            all[i].failure?.trace = [
                CaseRecord.Exchange(
                    at: .zero, link: x, ours: x, theirs: x, direction: .received, kind: .message, name: x,
                    bytes: Array(x.utf8), error: x)
            ]
            all[i].failure?.culprit = 0
        }
        var h = head
        h.program = x
        h.target = x
        h.profile = x
        h.started = x
        h.requirements = RequirementList(
            Made.requirements.all.map {
                Requirement(id: $0.id == "NANO-16" ? x : $0.id, level: $0.level, kind: x, text: x, source: x, quote: x)
            })
        return (h, all, end(all, cutShort: x))
    }
}

extension ReportBuffer {
    /// Removes the pending bytes and returns them.
    mutating func take() -> [UInt8] {
        var out: [UInt8] = []
        flush { out = $0 }
        return out
    }
}
