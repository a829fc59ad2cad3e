import Capture
import Scenario
import Testing
import Wire

@testable import Node
@testable import Records

/// Verdicts on records, from their findings and the levels of the requirements.
struct MonitorTests {
    let sample = RecordRenderingTests()
    func told(_ notes: [[Finding]], isIncomplete: Bool = false) -> (Verdict, [String]) {
        func requirement(_ id: String, _ level: Level) -> Requirement {
            Requirement(id: id, level: level, kind: "both", text: "", source: "", quote: "")
        }
        var monitor = Monitor([
            RequirementList([requirement("T-1", .must), requirement("T-2", .should), requirement("T-3", .may)])
        ])
        for n in notes {
            var record = sample.record([1], nil, n)
            record.isRemarkable = false
            #expect(monitor.judge(record, [1].span.bytes) == n.contains { $0.severity > .info })
        }
        return (
            monitor.verdict(isIncomplete: isIncomplete),
            monitor.lines(Tally(), isIncomplete: isIncomplete, hasFilter: false)
        )
    }
    func note(_ severity: Severity, _ id: String?) -> Finding { Finding(severity, id, "is \u{1b}[31m so") }

    @Test func verdicts() {
        #expect(told([]).0 == .none)
        #expect(told([[]]).0 == .pass)
        #expect(told([[note(.info, "T-1")]]).0 == .pass)
        #expect(told([[note(.warning, "T-1")]]).0 == .warn)
        for (id, verdict) in [("T-1", Verdict.fail), ("T-2", .warn), ("T-3", .warn), ("T-9", .fail)] {
            #expect(told([[], [note(.violation, id)]]).0 == verdict, "\(id)")
        }
        #expect(told([[note(.violation, nil)]]).0 == .fail, "the form of messages binds")
        // A certain violation remains certain even if other data is missing.
        #expect(told([[note(.violation, "T-1")]], isIncomplete: true).0 == .fail)
        #expect(told([[note(.violation, "T-2")]], isIncomplete: true).0 == .inconc)
        #expect(told([], isIncomplete: true).0 == .inconc)
    }
    @Test func summary() {
        let lines = told([
            [note(.warning, nil)], [note(.violation, "T-2"), note(.info, "T-3")], [note(.violation, "T-2")],
            [note(.violation, "T-1")],
        ]).1
        #expect(lines[0] == "3 violations and 1 warning in 4 messages of 0 connections")
        #expect(lines[1].hasPrefix("  violation  T-1         MUST    1  first #6 127.0.0.1:7075 > [::1]:40000 "))
        #expect(lines[2].hasPrefix("  violation  T-2         SHOULD  2  first #"))
        #expect(lines[3].hasPrefix("  warning    form                1  first #"))
        #expect(lines.last == "fail: a MUST was violated")
        #expect(!lines.joined().contains("\u{1b}"))
    }
    /// The report lists the traffic that was not judged, for each verdict.
    @Test func notJudged() {
        func lines(_ tally: Tally, isIncomplete: Bool = false) -> [String] {
            Monitor([]).lines(tally, isIncomplete: isIncomplete, hasFilter: true)
        }
        var tally = Tally()
        tally.conversations = 9
        let none = [
            "0 violations and 0 warnings in 0 messages that match the filter of 9 connections",
            "nothing to judge: no message of a protocol with requirements",
        ]
        #expect(lines(tally) == none)
        (tally.conversationsFromInside, tally.conversationsWithGaps) = (1, 2)
        (tally.flowsGivenUp, tally.unknownFlows) = (3, 4)
        #expect(
            lines(tally) == [
                none[0], "not judged:", "  1 connection captured from the middle: the beginning",
                "  2 connections with missing bytes, or captured late: what depends on earlier messages",
                "  3 connections given up for lack of memory: later messages", "  4 connections of no known protocol",
                none[1],
            ])
        #expect(lines(tally, isIncomplete: true).last?.hasPrefix("inconclusive: ") == true)
        #expect(told([[]]).1.last == "pass: no requirement was violated")
        #expect(told([[note(.violation, "T-2")]]).1.last == "warn: no MUST was violated")
    }
}
