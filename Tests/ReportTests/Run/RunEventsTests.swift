import Testing
import Wire

@testable import Report
@testable import Scenario

struct RunEventsTests {
    /// A line as a program reads it.
    func read(_ event: Value) throws -> Value {
        let line = RunEvents.line(event)
        #expect(line.last == 0x0a && !line.dropLast().contains(0x0a))
        return try #require(JSON.parse(Array(line.dropLast())))
    }
    func keys(_ v: Value) -> [String] {
        guard case .map(let entries) = v else { return [] }
        return entries.map(\.key)
    }
    @Test func start() throws {
        let e = try read(RunEvents.start(target: "n\u{202e}", seed: 0x51f2, cases: 41))
        #expect(e == ["event": "start", "target": "n\u{202e}", "seed": "0x51f2", "cases": 41])
        #expect(!RunEvents.line(["target": .text("\u{202e}\u{9b}")]).contains { $0 >= 0x7f })
    }
    static let always = [
        "event", "id", "title", "verdict", "requirement", "level", "covers", "milliseconds", "file", "seed",
    ]
    @Test(arguments: Verdict.allCases) func everyVerdict(_ v: Verdict) throws {
        let passed = try read(RunEvents.result(try Made.result(v), command: "again"))
        #expect(keys(passed) == Self.always)
        #expect(passed["verdict"] == .text(v.rawValue))
        #expect(passed["event"] == "case" && passed["id"] == "nano.made.case" && passed["seed"] == "0x51f2")
        #expect(passed["covers"] == ["NANO-16", "NANO-18"] && passed["milliseconds"] == 214)
        #expect(passed["file"] == "made/case.yaml" && passed["level"] == "MUST")
        let skipped = try read(RunEvents.result(try Made.result(v, reason: "why"), command: "again"))
        #expect(keys(skipped) == Self.always + ["reason"] && skipped["reason"] == "why")
        let r = try Made.result(v, Made.problem(), trace: Made.trace(.message(Made.keepaliveType, Made.keepalive)))
        let judged = try read(RunEvents.result(r, command: "again"))
        #expect(
            keys(judged) == Self.always + [
                "reason", "line", "column", "step", "path", "expected", "got", "command", "trace",
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
    @Test func summary() throws {
        var c = Counts()
        for (i, v) in Verdict.allCases.enumerated() {
            for _ in 0...i { c.add(try Made.result(v), Made.requirements) }
        }
        let e = try read(RunEvents.summary(c, seed: 7, exit: 4))
        #expect(
            keys(e) == [
                "event", "pass", "fail", "warn", "inconc", "error", "skip", "xfail", "xpass", "notrun", "seed", "exit",
            ])
        for (i, v) in Verdict.allCases.enumerated() where v != .none { #expect(e[v.rawValue] == .uint(UInt64(i + 1))) }
        #expect(e["event"] == "summary" && e["exit"] == 4 && e["seed"] == "0x7" && e["xfail"] == 0 && e["xpass"] == 0)
    }
}
