@testable import Report
import Testing

@testable import Scenario

/// The record of a case has the results of its steps, even if the case passed.
struct CaseStepTests {
    @Test func ofAPass() throws {
        var r = try Made.result(.pass)
        #expect(Made.record(r).steps.isEmpty)
        r.steps = [Made.outcome(1, 0, traced: 1), Made.outcome(2, 213, traced: 2)]
        r.steps[1].began = .milliseconds(3)
        let steps = Made.record(r).steps
        #expect(steps.map(\.text) == ["open peer -> node as c", "expect on c: nano.keepalive like this"])
        #expect(steps.map(\.line) == [10, 11] && steps.map(\.requirement) == [nil, "NANO-16"])
        #expect(steps.allSatisfy { $0.outcome?.state == .held && $0.outcome?.verdict == nil })
        #expect(steps[1].outcome?.began == .milliseconds(3) && steps[1].outcome?.ended == .milliseconds(213))
    }
    @Test func whatWasNotReached() throws {
        var r = try Made.result(.fail, Made.problem())
        r.steps = [Made.outcome(1, 5, .failed, .fail, reason: "why", traced: 0)]
        let steps = Made.record(r).steps
        try #require(steps.count == 2)
        #expect(steps[1].outcome == nil)
        #expect(steps[0].outcome?.verdict == .fail && steps[0].outcome?.reason == "why")
    }
    /// The rounds of a step form one entry. A failed round has priority over a passed one, regardless of their order.
    @Test func rounds() throws {
        var r = try Made.result(.fail, Made.problem())
        r.steps = [
            Made.outcome(1, 1, .leftOut, .none, traced: 0), Made.outcome(1, 2, traced: 0),
            Made.outcome(1, 7, .failed, .fail, reason: "third", traced: 0), Made.outcome(1, 5, traced: 0),
            Made.outcome(9, 5, traced: 0),
        ]
        let outcome = try #require(Made.record(r).steps[0].outcome)
        #expect(outcome.rounds == 4 && outcome.state == .failed && outcome.reason == "third")
        #expect(outcome.began == .milliseconds(1) && outcome.ended == .milliseconds(7))
        r.steps.removeSubrange(2...2)
        #expect(Made.record(r).steps[0].outcome?.state == .held)
    }
}
