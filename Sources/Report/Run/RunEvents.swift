internal import Node
internal import Scenario
internal import Text
public import Wire

/// The JSON events of `run --json`: one object per line. The last one is the summary.
public enum RunEvents {
    /// Returns an event as a line of output. Characters that affect a terminal are escaped.
    public static func line(_ event: Value) -> [UInt8] {
        var out: [UInt8] = []
        JSONText.line(event, to: &out)
        return out
    }
    /// Returns the first event: the program, the target, the seed, and the requirements that the cases are about.
    public static func start(_ h: RunHead) -> Value {
        .object([
            "event": "start", "format": .text(ResultsReader.format), "version": .uint(ResultsReader.version),
            "program": .text(h.program), "target": .text(h.target), "profile": .text(h.profile),
            "seed": .text(h.seedText), "cases": .number(h.cases), "started": h.started.map { .text($0) },
            "place": h.place.map { .text($0) },
            "strict": h.policy.isStrict ? true : nil, "inconc": h.policy.skipsInconclusive ? "skip" : nil,
            "environment": h.environment?.value, "requirements": .list(h.requirements.all.map(\.event)),
        ])
    }
    /// Returns a case as a line of output.
    public static func line(_ r: CaseRecord) -> [UInt8] {
        var out: [UInt8] = []
        r.write(to: &out)
        return out
    }
    /// Returns the last event: the counts and the exit status.
    public static func summary(_ e: RunEnd, seed: UInt64) -> Value {
        let c = e.counts
        return .object([
            "event": "summary", "pass": .number(c[.pass]), "fail": .number(c[.fail]), "warn": .number(c[.warn]),
            "inconc": .number(c[.inconc]), "error": .number(c[.error]), "skip": .number(c[.skip]),
            "xfail": .number(c.expected), "xpass": .number(c.unexpected), "flaky": .number(c.flaky),
            "notrun": .number(c[.notRun]), "stale": c.stale > 0 ? .number(c.stale) : nil,
            "deaths": c.deaths > 0 ? .number(c.deaths) : nil, "outOfTime": c.isOutOfTime ? true : nil,
            "cut": e.cutShort.map { .text($0) }, "code": e.code.map { .text($0) },
            "milliseconds": e.elapsed.map { .number($0.milliseconds) }, "seed": .text(seed.seedText),
            "exit": Value(Int64(e.exit)),
        ])
    }
}
