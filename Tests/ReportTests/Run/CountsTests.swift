import Testing

@testable import Report
@testable import Scenario

struct CountsTests {
    func counts(_ verdicts: [Verdict]) throws -> Counts {
        var c = Counts()
        for v in verdicts { c.add(Made.record(try Made.result(v)), Made.requirements) }
        return c
    }
    /// An error has priority over a failure, and a failure over an inconclusive result. A run that tested nothing is
    /// not green.
    @Test(
        arguments: [
            ([Verdict.pass], 0), ([.pass, .warn, .skip], 0), ([.warn], 0), ([.pass, .fail], 1), ([.fail, .error], 4),
            ([.pass, .error], 4), ([.inconc, .fail], 1), ([.pass, .inconc], 6), ([.inconc, .error], 4),
            ([.pass, .notRun], 0),
            ([], 5), ([.skip, .skip], 5), ([.notRun], 5), ([.skip, .inconc], 6),
        ] as [([Verdict], Int32)]) func exitCode(_ verdicts: [Verdict], _ wanted: Int32) throws
    {
        #expect(try counts(verdicts).exitCode == wanted)
    }
    /// The status is never the number of failures, because the system keeps eight bits of it.
    @Test func exitCodeOfManyFailures() throws {
        #expect(try counts([Verdict](repeating: .fail, count: 256)).exitCode == 1)
    }
    @Test func everyVerdictIsCounted() throws {
        let c = try counts(Verdict.allCases + [.fail])
        for v in Verdict.allCases { #expect(c[v] == (v == .fail ? 2 : 1)) }
        #expect(c.total == Verdict.allCases.count + 1)
    }
    @Test func requirementsKept() throws {
        var c = Counts()
        #expect(c.kept(.must) == nil)
        c.add(Made.record(try Made.result(.pass)), Made.requirements)
        #expect(c.kept(.must) == "MUST 2/2" && c.kept(.should) == nil)
        // A requirement that was judged twice and broken once is not kept. A requirement that only a step claims also
        // counts.
        c.add(Made.record(try Made.result(.fail, requirement: "NANO-18")), Made.requirements)
        c.add(Made.record(try Made.result(.warn, requirement: "NANO-24")), Made.requirements)
        #expect(c.kept(.must) == "MUST 1/2")
        #expect(c.kept(.should) == "SHOULD 0/1")
        // An inconclusive case shows nothing about the requirement.
        c.add(Made.record(try Made.result(.inconc, requirement: "NANO-16")), Made.requirements)
        c.add(Made.record(try Made.result(.error, requirement: "NANO-16")), Made.requirements)
        #expect(c.kept(.must) == "MUST 1/2")
    }
}
