import Glibc
import Nano
import Node
import Testing
import Wire

@testable import Report
@testable import Scenario

/// Spec/results.md lists exactly the written members.
struct ResultsPageTests {
    /// Returns the members by their heading. Members in italics are optional.
    static func page() throws -> [String: (all: Set<String>, always: Set<String>)] {
        let path = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Spec/results.md"
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let n = fread(&chunk, 1, chunk.count, file), n > 0 { bytes += chunk[..<n] }
        var out: [String: (all: Set<String>, always: Set<String>)] = [:]
        var heading = ""
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            if line.hasPrefix("#") { heading = String(line.drop { $0 == "#" || $0 == " " }) }
            guard line.hasPrefix("| "), let cell = line.split(separator: "|").first else { continue }
            for word in cell.split(separator: ",") {
                let name = word.filter { $0 != "`" && $0 != "*" && $0 != " " }
                guard word.contains("`") else { continue }
                #expect(out[heading]?.all.contains(name) != true, "\(heading): \(name) twice")
                out[heading, default: ([], [])].all.insert(name)
                if !word.contains("*") { out[heading]?.always.insert(name) }
            }
        }
        return out
    }
    static func members(_ v: Value?) -> Set<String> {
        guard case .map(let all)? = v else { return [] }
        return Set(all.map(\.key))
    }
    static func first(_ v: Value?) -> Value? {
        guard case .list(let items)? = v else { return nil }
        return items.first
    }
    /// Checks that the page lists all members of a full value, and marks the members of a bare value as always present.
    func check(_ heading: String, full: Value?, bare: Value?) throws {
        let page = try #require(try Self.page()[heading], "no table under \(heading)")
        #expect(page.all == Self.members(full), "\(heading)")
        #expect(page.always == Self.members(bare), "\(heading)")
    }
    static func line(_ r: CaseRecord) -> Value? {
        var out: [UInt8] = []
        r.write(to: &out)
        return JSON.parse(out)
    }

    @Test func start() throws {
        var head = RunHead(program: "1", target: "t", seed: 1, cases: 1, requirements: Made.requirements)
        let bare = RunEvents.start(head)
        head.started = "2026-01-02T03:04:05Z"
        head.policy.isStrict = true
        head.policy.skipsInconclusive = true
        var environment = RunEnvironment(command: "meshspec run")
        head.environment = environment
        let plain = RunEvents.start(head)["environment"]
        environment.host = "h"
        environment.system = "s"
        environment.revision = "r"
        environment.links = [RunEnvironment.Link(name: "job", url: "https://ci.example/1")]
        head.environment = environment
        head.place = "target.yaml"
        let full = RunEvents.start(head)
        try check("start", full: full, bare: bare)
        try check("environment of start", full: full["environment"], bare: plain)
        let link = Self.first(full["environment"]?["links"])
        try check("link of environment", full: link, bare: link)
        let rule = Self.first(bare["requirements"])
        try check("requirement of start", full: rule, bare: rule)
    }
    @Test func preflight() throws {
        var told = Identification()
        var definition = Definition.nano
        let settings = try definition.settings()
        func event() throws -> Value {
            try KnownNode(told, at: .loopback(1), definition, settings, NodeClaims()).event
        }
        let bare = try event()
        told.kind = "hub"
        told.identity = [1]
        told.fault = "why"
        told.lacks = ["server": "why"]
        // The parameter is a duration.
        definition.playing.durations = { _ in [("network", .seconds(1))] }
        try check("preflight", full: event(), bare: bare)
    }
    @Test func oneCase() throws {
        var record = try ResultsFileTests().full()
        // A warning after a retry is flaky. The record names an implementation that breaks the same requirement.
        (record.verdict, record.observed) = (.warn, "a 1 breaks NANO-16 as well")
        record.failure?.trace[1].full = 70_000
        let full = Self.line(record)
        let bare = try Self.line(Made.record(Made.result(.pass)))
        try check("case", full: full, bare: bare)
        let plain = try Self.line(Made.record(.fail, Made.problem()))
        guard case .list(let fields)? = full?["fields"], case .list(let trace)? = full?["trace"] else {
            Issue.record("no fields or trace")
            return
        }
        var row = FieldTable.Row(path: "a", value: "b", wanted: "c", count: 2)
        func written(_ row: FieldTable.Row) throws -> Value? {
            var r = try Made.record(.fail, Made.problem())
            r.failure?.fields = FieldTable(rows: [row])
            return Self.first(Self.line(r)?["fields"])
        }
        let fullRow = try written(row)
        row.wanted = nil
        row.count = 1
        try check("field of a case", full: fullRow, bare: try written(row))
        let page = try #require(try Self.page()["trace of a case"])
        #expect(page.all == trace.reduce(into: Set()) { $0.formUnion(Self.members($1)) })
        #expect(page.always == Self.members(trace[0]))
        guard case .list(let connections)? = full?["connections"] else {
            Issue.record("no connections")
            return
        }
        try check("connection of a case", full: connections[0], bare: connections[1])
        guard case .list(let steps)? = full?["plan"] else {
            Issue.record("no steps")
            return
        }
        try check("step of a case", full: steps[0], bare: steps[1])
        #expect(!fields.isEmpty && plain?["command"] != nil)
    }
    @Test func progress() throws {
        let wait = RunningCase.Wait(step: "wait", number: 1, waited: .seconds(1), limit: .seconds(2))
        let full = Progress(
            done: 1, cases: 2, elapsed: .seconds(1), left: TimeLeft(time: .seconds(1), isAtLeast: true),
            running: [.init(id: "a", elapsed: .seconds(1), wait: wait)]
        ).event
        let bare = Progress(done: 1, cases: nil, elapsed: .zero, running: [.init(id: "a", elapsed: .zero)]).event
        try check("progress", full: full, bare: bare)
        try check("running of progress", full: Self.first(full["running"]), bare: Self.first(bare["running"]))
    }
    @Test func summary() throws {
        var counts = Counts()
        let bare = RunEvents.summary(RunEnd(counts: counts, exit: 0), seed: 1)
        counts.stale = 1
        counts.deaths = 1
        counts.isOutOfTime = true
        var end = RunEnd(counts: counts, exit: 0, elapsed: .seconds(1), cutShort: "why")
        end.code = "MS1206"
        try check("summary", full: RunEvents.summary(end, seed: 1), bare: bare)
    }
    @Test func diff() throws {
        let head = RunHead(program: "1", target: "t", seed: 1, cases: 1, requirements: Made.requirements)
        var (a, b) = (RunOutline(head), RunOutline(head))
        a.add(try Made.record(Made.result(.pass, id: "x")))
        b.add(try Made.record(Made.result(.fail, Made.problem(), id: "x")))
        b.add(try Made.record(Made.result(.pass, id: "y")))
        let events = RunDifference(a, b).events(exit: 1)
        try #require(events.count == 4)
        var bare = Self.members(events[1])
        bare.remove("b")
        let page = try #require(try Self.page()["case of diff"])
        #expect(page.all == Self.members(events[0]) && page.always == bare)
        try check("side of diff", full: events[0]["b"], bare: events[0]["a"])
        try check("requirement of diff", full: events[2], bare: events[2])
        try check("summary of diff", full: events[3], bare: events[3])
    }
    @Test func coverage() throws {
        var rules = Made.requirements.all
        rules[0].observations = ["a 1", "b 2"].map {
            Observation(node: $0, date: "2026-01-02", keeps: false, does: "waits")
        }
        rules[1].untestable = "why"
        rules[1].isPlanned = true
        rules[1].unobservable = .receiver
        rules[2].level = .may
        rules.append(rules[2])
        rules[3].id = "NANO-99"
        rules[3].level = .should
        var c = Coverage()
        let seen = Coverage.Seen(target: "t", at: "2026-01-02")
        c.add(
            "nano", requirements: RequirementList(rules), scenarios: [try Made.scenario()], vectors: [],
            outcomes: ["nano.made.case": Coverage.Outcome(verdict: .pass, requirement: "NANO-16", seen: seen)],
            observed: Definition.nano.judging.observed.filter { $0.id == "NANO-16" })
        let share = MutantTally.Share(killed: 1, of: 2)
        c.add(["NANO-16": MutantTally(wire: share, node: share, code: share)])
        let events = c.events(exit: 0)
        try #require(events.count == 5)
        let page = try #require(try Self.page()["requirement of coverage"])
        #expect(page.all == Self.members(events[0]).union(Self.members(events[1])))
        #expect(page.always == Self.members(events[2]))
        try check("summary of coverage", full: events[4], bare: Coverage().events(exit: 0).first)
        try check("level of coverage", full: events[4]["MAY"], bare: events[4]["MUST"])
    }
}
