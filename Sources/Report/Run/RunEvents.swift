internal import Node
public import Scenario
public import Wire

/// The JSON events of `run --json`: one object a line, the last one the summary.
public enum RunEvents {
    /// An event as a line of output. Characters that would do something to a terminal are escaped.
    public static func line(_ event: Value) -> [UInt8] {
        var out: [UInt8] = []
        ValueJSON.write(event, to: &out)
        Escape.json(&out, from: 0)
        out.append(0x0a)
        return out
    }
    /// The first event: what runs, against whom, with which seed.
    public static func start(target: String, seed: UInt64, cases: Int) -> Value {
        [
            "event": "start", "target": .text(target), "seed": .text("0x" + String(seed, radix: 16)),
            "cases": .uint(UInt64(max(0, cases))),
        ]
    }
    /// How a case came out; of one that did not pass, why, and all that went to and fro.
    public static func result(_ r: CaseResult, command: String) -> Value {
        var out: [Value.Entry] = [
            .init("event", "case"), .init("id", .text(r.id)), .init("title", .text(r.scenario.title)),
            .init("verdict", .text(r.verdict.rawValue)), .init("requirement", .text(r.requirement)),
            .init("level", .text(r.level.rawValue)), .init("covers", .list(r.scenario.covers.map { .text($0) })),
            .init("milliseconds", .uint(UInt64(clamping: r.duration.nanoseconds / 1_000_000))),
            .init("file", .text(r.scenario.source.name)), .init("seed", .text("0x" + String(r.seed, radix: 16))),
        ]
        if let reason = r.problem?.reason ?? r.reason { out.append(.init("reason", .text(reason))) }
        if let p = r.problem {
            out += [
                .init("line", .uint(UInt64(max(0, p.span.start.line)))),
                .init("column", .uint(UInt64(max(0, p.span.start.column)))),
                .init("step", .uint(UInt64(max(0, r.step)))), .init("path", .text(p.path)),
                .init("expected", .text(p.wanted)),
                .init("got", .text(p.had)), .init("command", .text(command)),
            ]
            out.append(.init("trace", .list(r.trace.map { entry($0) })))
        }
        return .map(out)
    }
    static func entry(_ e: TraceEntry) -> Value {
        [
            "microseconds": Value(e.at.nanoseconds / 1000), "link": .text(e.link),
            "direction": .text(e.direction.rawValue), "what": .text(e.name), "bytes": .bytes(e.bytes),
        ]
    }
    /// The last event: how many cases came out how, and the exit status.
    public static func summary(_ c: Counts, seed: UInt64, exit: Int32) -> Value {
        func n(_ v: Verdict) -> Value { .uint(UInt64(c[v])) }
        return [
            "event": "summary", "pass": n(.pass), "fail": n(.fail), "warn": n(.warn), "inconc": n(.inconc),
            "error": n(.error),
            "skip": n(.skip), "xfail": 0, "xpass": 0, "notrun": n(.notRun),
            "seed": .text("0x" + String(seed, radix: 16)),
            "exit": .int(Int64(exit)),
        ]
    }
}
