import Testing
import Wire

@testable import Report
@testable import Scenario

struct RunEventsTests {
    /// Parses a line like a program.
    func read(_ event: Value) throws -> Value { try read(RunEvents.line(event)) }
    func read(_ r: CaseResult) throws -> Value { try read(RunEvents.line(Made.record(r))) }
    func read(_ line: [UInt8]) throws -> Value {
        #expect(line.last == 0x0a && !line.dropLast().contains(0x0a))
        return try #require(JSON.parse(Array(line.dropLast())))
    }
    func keys(_ v: Value) -> [String] {
        guard case .map(let entries) = v else { return [] }
        return entries.map(\.key)
    }
    @Test func start() throws {
        var head = RunHead(program: "1.2", target: "n\u{202e}", profile: "v28", seed: 0x51f2, cases: 41)
        let e = try read(RunEvents.start(head))
        #expect(
            e == [
                "event": "start", "format": "meshspec-results", "version": 1, "program": "1.2", "target": "n\u{202e}",
                "profile": "v28", "seed": "0x51f2", "cases": 41, "requirements": [],
            ])
        head.started = "2026-01-02T03:04:05Z"
        head.requirements = Made.requirements
        head.policy.isStrict = true
        head.policy.skipsInconclusive = true
        let full = try read(RunEvents.start(head))
        #expect(full["started"] == "2026-01-02T03:04:05Z" && full["strict"] == true && full["inconc"] == "skip")
        guard case .list(let rules)? = full["requirements"] else {
            Issue.record("no requirements")
            return
        }
        #expect(rules.map { $0["id"] } == ["NANO-16", "NANO-18", "NANO-24"] && rules[2]["level"] == "SHOULD")
        #expect(!RunEvents.line(["target": .text("\u{202e}\u{9b}")]).contains { $0 >= 0x7f })
    }
    static let always = [
        "event", "id", "title", "protocol", "verdict", "requirement", "level", "covers", "milliseconds", "microseconds",
        "file", "seed",
    ]
    /// Returns the keys of a case with this verdict, in order. A case that did not pass has a fingerprint. Each case
    /// has the fingerprint of its file.
    static func keys(_ v: Verdict, _ more: String...) -> [String] {
        always + more + (v > .pass ? ["fingerprint", "content"] : ["content"])
    }
    @Test(arguments: Verdict.allCases) func everyVerdict(_ v: Verdict) throws {
        let passed = try read(try Made.result(v))
        #expect(keys(passed) == Self.keys(v))
        #expect(passed["verdict"] == .text(v.rawValue))
        #expect(passed["event"] == "case" && passed["id"] == "nano.made.case" && passed["seed"] == "0x51f2")
        #expect(passed["covers"] == ["NANO-16", "NANO-18"] && passed["milliseconds"] == 214)
        #expect(passed["file"] == "made/case.yaml" && passed["level"] == "MUST")
        let skipped = try read(try Made.result(v, reason: "why"))
        #expect(keys(skipped) == Self.keys(v) + ["reason"] && skipped["reason"] == "why")
        let r = try Made.result(v, Made.problem(), trace: Made.trace(.message(Made.keepaliveType, Made.keepalive)))
        let judged = try read(r)
        #expect(
            keys(judged) == Self.keys(v) + [
                "reason", "command", "place", "line", "column", "endColumn", "excerpt", "carets", "label", "step",
                "steps", "path", "expected", "got", "culprit", "marked", "fields", "trace",
            ])
        #expect(judged["line"] == 11 && judged["column"] == 64 && judged["step"] == 2)
        #expect(judged["path"] == "extensions" && judged["expected"] == "7" && judged["got"] == "0")
        #expect(judged["command"] == "again")
        guard case .list(let trace)? = judged["trace"] else {
            Issue.record("no trace")
            return
        }
        #expect(trace.map { $0["what"] } == ["connection", "3 bytes", "nano.keepalive", "closed"])
        #expect(trace.map { $0["direction"] } == ["sent", "sent", "received", "received"])
        #expect(trace[1]["bytes"] == "010203" && trace[0]["bytes"] == "" && trace[2]["microseconds"] == 213_000)
        #expect(trace[2]["bytes"] == .text(Made.keepalive.hex))
    }
    @Test func fingerprints() throws {
        func event(_ p: Problem?, requirement: String = "NANO-16") throws -> Value {
            try read(try Made.result(.fail, p, requirement: requirement))
        }
        let one = try event(Made.problem())
        // The same failure with other numbers, another failure, and the same failure of another requirement.
        #expect(try event(Made.problem("extensions: wanted 8, had 0x15"))["fingerprint"] == one["fingerprint"])
        #expect(try event(Made.problem("no keepalive"))["fingerprint"] != one["fingerprint"])
        #expect(try event(Made.problem(), requirement: "NANO-18")["fingerprint"] != one["fingerprint"])
        // The value is frozen, because old baselines and reports contain it.
        #expect(one["fingerprint"] == "31e071bdf7e0d90d")
        #expect(one["content"] == "49794fa5a9209ba3")
    }
    @Test func roundsAndRetries() throws {
        var r = try Made.result(.pass)
        r.round = 3
        #expect(keys(try read(r)) == Self.keys(.pass, "round"))
        r.retries = 2
        let e = try read(r)
        #expect(keys(e) == Self.keys(.pass, "round", "retries", "flaky"))
        #expect(e["round"] == 3 && e["retries"] == 2 && e["flaky"] == true)
        // A failure after a retry is not flaky.
        var failed = try Made.result(.fail)
        failed.retries = 2
        #expect(keys(try read(failed)) == Self.keys(.fail, "retries"))
    }
    @Test(arguments: [
        (CaseResult.Expectation.failed(note: "n"), "xfail"), (.passed(note: "n"), "xpass"),
        (.changed(was: "w"), "changed"), (.expired("2020-01-01"), "expired"),
    ])
    func baselines(_ e: CaseResult.Expectation, _ word: String) throws {
        var r = try Made.result(.warn)
        r.expectation = e
        let event = try read(r)
        #expect(keys(event) == Self.always + ["fingerprint", "baseline", "note", "content"])
        #expect(event["baseline"] == .text(word) && event["verdict"] == "warn")
    }
    @Test func countsOfBaselinesAndRetries() throws {
        var c = Counts()
        func add(_ v: Verdict, _ e: CaseResult.Expectation? = nil, retries: Int = 0) throws {
            var r = try Made.result(v)
            r.expectation = e
            r.retries = retries
            c.add(Made.record(r), Made.requirements)
        }
        try add(.fail, .failed(note: ""))
        try add(.fail, .failed(note: ""))
        try add(.pass, .passed(note: ""))
        try add(.pass, retries: 1)
        try add(.pass)
        let e = try read(RunEvents.summary(RunEnd(counts: c, exit: 1), seed: 7))
        #expect(e["xfail"] == 2 && e["xpass"] == 1 && e["flaky"] == 1 && e["fail"] == 0 && e["pass"] == 2)
    }
    @Test func summary() throws {
        var c = Counts()
        for (i, v) in Verdict.allCases.enumerated() {
            for _ in 0...i { c.add(Made.record(try Made.result(v)), Made.requirements) }
        }
        let e = try read(RunEvents.summary(RunEnd(counts: c, exit: 4), seed: 7))
        #expect(
            keys(e) == [
                "event", "pass", "fail", "warn", "inconc", "error", "skip", "xfail", "xpass", "flaky", "notrun", "seed",
                "exit",
            ])
        for (i, v) in Verdict.allCases.enumerated() where v != .none { #expect(e[v.rawValue] == .uint(UInt64(i + 1))) }
        #expect(
            e["event"] == "summary" && e["exit"] == 4 && e["seed"] == "0x7" && e["xfail"] == 0 && e["xpass"] == 0
                && e["flaky"] == 0)
    }
}
