internal import Node
internal import Scenario
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
    /// The first event: what runs, against whom, with which seed, and the rules that it is about.
    public static func start(_ h: RunHead) -> Value {
        var out: [Value.Entry] = [
            .init("event", "start"), .init("format", .text(ResultsReader.format)),
            .init("version", .uint(ResultsReader.version)),
            .init("program", .text(h.program)), .init("target", .text(h.target)), .init("profile", .text(h.profile)),
            .init("seed", .text(h.seedText)), .init("cases", .uint(UInt64(max(0, h.cases)))),
        ]
        if let started = h.started { out.append(.init("started", .text(started))) }
        if h.policy.isStrict { out.append(.init("strict", true)) }
        if h.policy.skipsInconclusive { out.append(.init("inconc", "skip")) }
        out.append(.init("requirements", .list(h.requirements.all.map(\.event))))
        return .map(out)
    }
    /// A case, as a line of output.
    public static func line(_ r: CaseRecord) -> [UInt8] {
        var out: [UInt8] = []
        r.write(to: &out)
        return out
    }
    /// The last event: how many cases came out how, and the exit status.
    public static func summary(_ e: RunEnd, seed: UInt64) -> Value {
        let c = e.counts
        func n(_ v: Verdict) -> Value { .uint(UInt64(c[v])) }
        var out: [Value.Entry] = [
            .init("event", "summary"), .init("pass", n(.pass)), .init("fail", n(.fail)), .init("warn", n(.warn)),
            .init("inconc", n(.inconc)), .init("error", n(.error)), .init("skip", n(.skip)),
            .init("xfail", .uint(UInt64(c.expected))), .init("xpass", .uint(UInt64(c.unexpected))),
            .init("flaky", .uint(UInt64(c.flaky))), .init("notrun", n(.notRun)),
        ]
        if c.stale > 0 { out.append(.init("stale", .uint(UInt64(c.stale)))) }
        if c.isOutOfTime { out.append(.init("outOfTime", true)) }
        if let why = e.cutShort { out.append(.init("cut", .text(why))) }
        if let d = e.elapsed { out.append(.init("milliseconds", .uint(UInt64(clamping: d.nanoseconds / 1_000_000)))) }
        out += [.init("seed", .text("0x" + String(seed, radix: 16))), .init("exit", .int(Int64(e.exit)))]
        return .map(out)
    }
}
