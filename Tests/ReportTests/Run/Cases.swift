import Nano
import Node
import TestReports
import Testing
import Wire

@testable import Report
@testable import Scenario

/// Results of cases as a run would make them.
enum Made {
    static let text = """
        meshspec: 1
        id: nano.made.case
        title: A case that was made up
        protocol: nano
        covers: [NANO-16]
        actors:
          peer: {role: ref}
          node: {role: dut}
        steps:
          - open: {from: peer, to: node, as: c}
          - expect: {via: c, msg: nano.keepalive, within: 2s, fields: {extensions: 7}}
            req: NANO-16
        """
    static func requirement(
        _ id: String, _ level: Level, _ text: String, quote: String = "", source: String = "doc, §1"
    )
        -> Requirement
    {
        Requirement(
            id: id, level: level, kind: "both", profiles: [], text: text, source: source, quote: quote, untestable: nil,
            unobservable: nil, isPlanned: false, observations: [], span: .top, file: "requirements.yaml")
    }
    static let requirements = RequirementList([
        requirement("NANO-16", .must, "A query is answered."), requirement("NANO-18", .must, "A signature verifies."),
        requirement("NANO-24", .should, "A keepalive is sent."),
    ])
    static func scenario(_ id: String = "nano.made.case", covers: [String] = ["NANO-16", "NANO-18"]) throws -> Scenario
    {
        var library = Library(definitions: [.nano])
        library.requirements["nano"] = requirements
        let (loaded, problems) = Scenario.load(SourceFile(name: "made/case.yaml", bytes: Array(text.utf8)), library)
        var s = try #require(loaded, "\(problems)")
        s.id = id
        s.covers = covers
        return s
    }
    /// Returns the problem of line 11: `extensions` has the wrong value.
    static func problem(_ reason: String = "extensions: wanted 7, had 0") -> Problem {
        var p = Problem(
            reason, Span(Position(line: 11, column: 64), Position(line: 11, column: 74)), label: "got 0", culprit: 2)
        p.path = "extensions"
        p.wanted = "7"
        p.had = "0"
        p.mismatches = [Mismatch(path: "extensions", wanted: "7", had: .uint(0))]
        return p
    }
    static func result(
        _ verdict: Verdict, _ problem: Problem? = nil, trace: [TraceEntry] = [], requirement: String = "NANO-16",
        id: String = "nano.made.case", covers: [String] = ["NANO-16", "NANO-18"], reason: String? = nil
    ) throws -> CaseResult {
        CaseResult(
            id: id, scenario: try scenario(id, covers: covers), verdict: verdict, requirement: requirement,
            level: requirements[requirement]?.level ?? .must, problem: problem, reason: reason,
            step: problem == nil ? 0 : 2, duration: .microseconds(214_400), seed: 0x51f2, trace: trace)
    }
    /// Returns the result in the form for reports.
    static func record(_ r: CaseResult, command: String = "again") -> CaseRecord {
        CaseRecord(r, content: Fingerprint.of(r.scenario.source.bytes), command: command)
    }
    static func record(_ verdict: Verdict, _ problem: Problem? = nil) throws -> CaseRecord {
        record(try result(verdict, problem))
    }
    /// Returns a connection, a query, and `last` as the answer. `last` is the culprit.
    static func trace(_ last: TraceEntry.Content) -> [TraceEntry] {
        func entry(_ ms: Int, _ d: Direction, _ content: TraceEntry.Content, _ isCulprit: Bool = false) -> TraceEntry {
            TraceEntry(
                at: .milliseconds(ms), link: "c", ours: "peer", theirs: "node", direction: d, content: content,
                isCulprit: isCulprit)
        }
        return [
            entry(0, .sent, .opened), entry(1, .sent, .bytes([1, 2, 3], nil)), entry(213, .received, last, true),
            entry(1300, .received, .closed("closed")),
        ]
    }
    /// The bytes of a vector of the suite whose name contains keepalive.
    static let keepalive: [UInt8] = [0x52, 0x41, 0x15, 0x15, 0x14, 0x02, 0, 0] + [UInt8](repeating: 0, count: 144)
    static var keepaliveType: any Message.Type {
        Definition.nano.message("nano.keepalive") ?? Sample.self
    }
}
