import Testing
import Wire

@testable import Report
@testable import Scenario
@testable import Text

/// Compares two runs case by case.
struct RunDifferenceTests {
    func outline(_ cases: [(String, Verdict, String, String)]) throws -> RunOutline {
        var out = RunOutline(
            RunHead(program: "1", target: "t", seed: 1, cases: 1, requirements: Made.requirements))
        for (id, v, requirement, print) in cases {
            var r = Made.record(try Made.result(v, v <= .pass ? nil : Made.problem(), requirement: requirement, id: id))
            r.fingerprint = print
            out.add(r)
        }
        return out
    }
    func changes(_ a: Verdict, _ b: Verdict) throws -> [RunDifference.Change] {
        try RunDifference(outline([("x", a, "NANO-16", "f")]), outline([("x", b, "NANO-16", "f")])).cases.map(\.change)
    }
    @Test func everyPairOfVerdicts() throws {
        for v in Verdict.allCases { #expect(try changes(v, v) == []) }
        for bad in [Verdict.fail, .warn, .error] {
            for good in [Verdict.pass, .skip, .notRun, .inconc, .none] {
                #expect(try changes(good, bad) == [.failing])
                // A case that does not run any more is not fixed.
                #expect(try changes(bad, good) == [good == .pass ? .fixed : .changed])
            }
        }
        #expect(try changes(.warn, .fail) == [.changed] && changes(.pass, .skip) == [.changed])
    }
    @Test func otherFailure() throws {
        let a = try outline([("x", .fail, "NANO-16", "f"), ("y", .fail, "NANO-16", "f"), ("z", .pass, "NANO-16", "")])
        let b = try outline([("x", .fail, "NANO-16", "g"), ("y", .fail, "NANO-18", "f"), ("z", .pass, "NANO-18", "")])
        #expect(RunDifference(a, b).cases.map(\.name) == ["x", "y"])
        #expect(RunDifference(a, b).cases.allSatisfy { $0.change == .changed })
    }
    @Test func onlyInOne() throws {
        let d = RunDifference(
            try outline([("x", .pass, "NANO-16", "")]), try outline([("y", .pass, "NANO-16", "")]))
        #expect(d.cases.map(\.change) == [.onlyA, .onlyB] && d.rules.isEmpty && !d.isEmpty)
    }
    /// The worst of several rounds is the result of a case.
    @Test func rounds() throws {
        let a = try outline([("x", .pass, "NANO-16", ""), ("x", .fail, "NANO-16", "f"), ("x", .pass, "NANO-16", "")])
        let b = try outline([("x", .fail, "NANO-16", "f")])
        #expect(RunDifference(a, b).isEmpty)
        #expect(RunDifference(a, try outline([("x", .pass, "NANO-16", "")])).cases.map(\.change) == [.fixed])
    }
    @Test func requirements() throws {
        let a = try outline([("x", .fail, "NANO-16", "f"), ("y", .pass, "NANO-16", "")])
        let b = try outline([("x", .pass, "NANO-16", ""), ("y", .warn, "NANO-24", "g")])
        let d = RunDifference(a, b)
        #expect(d.rules.map(\.requirement.id) == ["NANO-16", "NANO-24"] && d.rules.map(\.isBroken) == [false, true])
        let text = d.lines(Style(hasColour: false))
        #expect(text.contains("newly failing (1)") && text.contains("fixed (1)"))
        #expect(text.contains("  NANO-24 SHOULD  A keepalive is sent."))
        #expect(text.contains("    pass → warn NANO-24"))
        #expect(text.last == "cases: 1 newly failing, 1 fixed   requirements: 1 broken in B, 1 in A")
        let narrow = d.lines(Style(hasColour: false, width: 20))
        #expect(narrow.allSatisfy { $0.count <= 20 }, "\(narrow)")
        #expect(RunDifference(a, a).lines(Style(hasColour: false)) == ["nothing differs"])
        // A requirement that B did not judge is not broken there.
        let silent = RunDifference(a, try outline([("x", .inconc, "NANO-16", "h"), ("y", .pass, "NANO-16", "")]))
        #expect(silent.rules.map(\.isBroken) == [false])
    }
    /// A failed case shows nothing about the requirements of its later steps.
    @Test func whatACaseSaysOfRequirements() throws {
        func verdicts(_ all: [(Verdict, String)]) throws -> [String: Verdict] {
            var out = RequirementVerdicts()
            for (v, id) in all { out.add(Made.record(try Made.result(v, nil, requirement: id))) }
            return out.all
        }
        #expect(try verdicts([(.pass, "NANO-16")]) == ["NANO-16": .pass, "NANO-18": .pass])
        #expect(try verdicts([(.fail, "NANO-16")]) == ["NANO-16": .fail])
        #expect(try verdicts([(.warn, "NANO-24")]) == ["NANO-16": .pass, "NANO-18": .pass, "NANO-24": .warn])
        #expect(try verdicts([(.inconc, "NANO-16"), (.pass, "NANO-16")])["NANO-18"] == .pass)
        #expect(try verdicts([(.skip, "NANO-16"), (.error, "NANO-16")])["NANO-18"] == .error)
        #expect(try verdicts([(.pass, "NANO-16"), (.fail, "NANO-18"), (.pass, "NANO-16")])["NANO-18"] == .fail)
    }
}
