import Testing

@testable import Report
@testable import Scenario
@testable import Text

/// Cases that did not pass for the same cause form a group.
struct FailureGroupTests {
    let style = Style(hasColour: false)
    func console() -> RunConsole { RunConsole(style, Made.requirements, ids: ["nano.a", "nano.b"]) }
    /// Inconclusive cases are grouped by the reason in the scenario, regardless of the rule and the place.
    @Test func inconclusive() throws {
        var c = console()
        for (i, rule) in ["NANO-16", "NANO-24", "NANO-16"].enumerated() {
            var p = Made.problem("not true: answers \(i)")
            p.because = "the node does not answer"
            let line = c.line(Made.record(try Made.result(.inconc, p, requirement: rule, id: "nano.b[\(i)]")))
            #expect(line.contains("the node does not answer") && !line.contains("not true"))
        }
        var other = Made.problem("not true: answers")
        other.because = "another cause"
        _ = c.line(Made.record(try Made.result(.inconc, other, id: "nano.other")))
        let lines = c.details
        #expect(lines.contains("3 cases could not be judged: the node does not answer"))
        #expect(lines.contains("  the same in 2 more: nano.b[1, 2]"))
        #expect(lines.count { $0.hasPrefix("? ") } == 2)
    }
    /// Without such a reason, the groups depend on the reason of the problem. Times and numbers in it do not matter.
    @Test func reasonWithNumbers() throws {
        var c = console()
        for (i, reason) in ["closed after 35ms", "closed after 1.2s", "opened after 3s"].enumerated() {
            _ = c.line(Made.record(try Made.result(.inconc, Made.problem(reason), id: "nano.b[\(i)]")))
        }
        #expect(c.details.contains("  the same in 1 more: nano.b[1]"))
        #expect(c.details.count { $0.hasPrefix("? ") } == 2)
    }
    /// Failures belong together if the same step fails in the same way. The same reason for another rule is another
    /// failure.
    @Test func failures() throws {
        var c = console()
        for (id, rule) in [("nano.b[x]", "NANO-16"), ("nano.b[y]", "NANO-16"), ("nano.b[z]", "NANO-24")] {
            _ = c.line(Made.record(try Made.result(.fail, Made.problem("still open"), requirement: rule, id: id)))
        }
        #expect(c.details.contains("  the same in 1 more: nano.b[y]"))
        #expect(c.details.count { $0.hasPrefix("✗ ") } == 2)
    }
    /// The node may lack a capability that the cases need and no case has shown.
    @Test func capabilities() throws {
        func hint(_ passed: [String], _ needs: [[String]]) throws -> [String] {
            var c = console()
            _ = c.line(Made.record(try Made.result(.pass)), capabilities: passed)
            for n in needs {
                let r = Made.record(try Made.result(.inconc, Made.problem("no answer"), id: "nano.b"))
                _ = c.line(r, capabilities: n)
            }
            return c.details.filter { $0.contains("hint: ") }
        }
        let one = try hint(["server"], [["server", "asc_pull"], ["server", "asc_pull", "blocks"]])
        #expect(one.count == 1 && one[0].hasPrefix("  hint: if the node has no asc_pull, declare `asc_pull: false` "))
        #expect(try hint(["server", "asc_pull"], [["server", "asc_pull"]]).isEmpty)
        #expect(try hint([], [["server"], ["blocks"]]).isEmpty)
    }
    @Test func foldedNames() {
        let names = ["nano.a[1]", "nano.b", "nano.a[2]", "nano.a[1] chop:bytes"]
        #expect(FailureGroup.folded(names) == ["nano.a[1, 2]", "nano.b", "nano.a[1] chop:bytes"])
    }
}
