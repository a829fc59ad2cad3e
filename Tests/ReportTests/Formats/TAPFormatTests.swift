import Testing

@testable import Report
@testable import Scenario

struct TAPFormatTests {
    func points(_ text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("ok ") || $0.hasPrefix("not ok ") }.map(String.init)
    }
    /// Venom: a case that never ran was ok.
    @Test func whatDidNotRunIsNoPoint() throws {
        let all = [try Samples.record("pass", .pass), try Samples.record("late", .notRun, "interrupted")]
        let text = Samples.text(.tap, all, end: Samples.end(all, cutShort: "inter#rupted"))
        #expect(points(text) == ["ok 1 - nano.made.pass"])
        #expect(text.hasSuffix("\nBail out! inter\\#rupted\n"))
        #expect(!text.contains("\n1.."))
        #expect(Samples.text(.tap, all).hasSuffix("\nBail out! 1 did not run\n"))
        #expect(Samples.text(.tap, [all[0]]).hasSuffix("\nok 1 - nano.made.pass\n1..1\n"))
    }
    @Test func policy() throws {
        let all = [try Samples.record("warn", .warn), try Samples.record("inconc", .inconc)]
        func ok(_ policy: (inout Counts.Policy) -> Void) -> [Bool] {
            points(Samples.text(.tap, all, head: Samples.strict(policy))).map { $0.hasPrefix("ok ") }
        }
        #expect(ok { _ in } == [true, false])
        #expect(ok { $0.isStrict = true } == [false, false])
        #expect(ok { $0.skipsInconclusive = true } == [true, true])
    }
    /// No text can create a directive or a separate line.
    @Test func directives() throws {
        var r = try Samples.record("fail", .fail)
        r.id = "a # SKIP b \\# TODO c\nok 7"
        let text = Samples.text(.tap, [r])
        #expect(points(text) == ["not ok 1 - a \\# SKIP b \\\\\\# TODO c\\\\u{a}ok 7"])
        let (head, records, end) = try Samples.hostile()
        for line in Samples.text(.tap, [(head, records, end)]).split(separator: "\n") where !line.hasPrefix("  ") {
            let known = ["TAP version 14", "# ", "ok ", "not ok ", "Bail out! "]
            #expect(known.contains { line.hasPrefix($0) }, "\(line)")
            #expect(line.hasPrefix("# ") || line.ranges(of: " # ").count <= 1)
        }
    }
    @Test func troubleOfTheRun() throws {
        let passed = [try Samples.record("pass", .pass)]
        var end = Samples.end(passed)
        end.counts.stale = 1
        end.exit = 1
        let text = Samples.text(.tap, passed, end: end)
        #expect(points(text).last == "not ok 2 - the run as a whole")
        #expect(text.contains("message: \"the baseline lists a case that does not exist\"") && text.hasSuffix("1..2\n"))
        #expect(
            points(Samples.text(.tap, [], end: RunEnd(counts: Counts(), exit: 5))) == ["not ok 1 - the run as a whole"])
    }
}
