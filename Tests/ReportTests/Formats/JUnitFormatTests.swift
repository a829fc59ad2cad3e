import Testing

@testable import Report
@testable import Scenario
@testable import Text

struct JUnitFormatTests {
    /// Returns the line of the first element with this tag.
    func head(_ text: String, _ tag: String = "<testsuite ") -> String {
        text.split(separator: "\n").first { $0.hasPrefix(tag) }.map(String.init) ?? ""
    }
    func count(_ text: String, _ word: String) -> Int { text.ranges(of: word).count }

    /// h2spec: each failure was an error, and the number of failures was always zero.
    @Test func failuresAndErrorsAreApart() throws {
        let text = Samples.text(.junit, try Samples.every())
        for line in [head(text), head(text, "<testsuites ")] {
            #expect(line.contains(" tests=\"14\" failures=\"5\" errors=\"3\" "))
        }
        #expect(head(text).contains(" skipped=\"3\" time=\"3.001\""))
        #expect(count(text, "<failure ") == 5 && count(text, "<error ") == 3 && count(text, "<skipped ") == 3)
        // Each case has at most one such element.
        for piece in text.split(separator: "<testcase ").dropFirst() {
            #expect(
                count(String(piece), "<failure ") + count(String(piece), "<error ") + count(String(piece), "<skipped ")
                    <= 1)
        }
    }
    @Test func policy() throws {
        let all = [
            try Samples.record("warn", .warn, "late", requirement: "NANO-24"), try Samples.record("inconc", .inconc),
        ]
        let plain = Samples.text(.junit, all)
        #expect(head(plain).contains("failures=\"0\" errors=\"1\" skipped=\"0\""))
        #expect(plain.contains("<system-out>warning: NANO-24 SHOULD: late\n!"))
        let strict = Samples.text(.junit, all, head: Samples.strict { $0.isStrict = true })
        #expect(head(strict).contains("failures=\"1\" errors=\"1\" skipped=\"0\""))
        #expect(strict.contains("<failure type=\"SHOULD\" message=\"NANO-24 SHOULD: late\">"))
        let skips = Samples.text(.junit, all, head: Samples.strict { $0.skipsInconclusive = true })
        #expect(head(skips).contains("failures=\"0\" errors=\"0\" skipped=\"1\""))
        #expect(skips.contains("<skipped message=\"inconclusive: NANO-16 MUST: late\"/>"))
    }
    /// A run that is not good must not look green even if all its cases are.
    @Test(arguments: [(Int32(5), 0, 1), (4, 0, 1), (7, 0, 1), (130, 0, 1), (1, 1, 0), (0, 0, 0)])
    func troubleOfTheRun(_ exit: Int32, _ failures: Int, _ errors: Int) throws {
        let passed = [try Samples.record("pass", .pass)]
        var end = Samples.end(passed)
        end.exit = exit
        let text = Samples.text(.junit, passed, end: end)
        #expect(head(text, "<testsuites ").contains("failures=\"\(failures)\" errors=\"\(errors)\""))
        #expect(text.contains("name=\"the run as a whole\"") == (exit != 0))
    }
    @Test func staleBaseline() throws {
        let failed = [try Samples.record("fail", .fail)]
        var end = Samples.end(failed)
        end.counts.stale = 2
        let text = Samples.text(.junit, failed, end: end)
        #expect(text.contains("<failure type=\"run\" message=\"the baseline lists 2 cases that do not exist\"/>"))
        #expect(head(text, "<testsuites ").contains("tests=\"2\" failures=\"2\""))
    }
    @Test func namesAndTimes() throws {
        var r = try Samples.record("pass", .pass)
        r.duration = .microseconds(-3)
        #expect(
            Samples.text(.junit, [r]).contains(
                "<testcase classname=\"nano.made\" name=\"nano.made.pass\" time=\"0.000000\"/>"))
        r.id = "short"
        r.duration = .nanoseconds(61_000_001_999)
        #expect(Samples.text(.junit, [r]).contains("<testcase classname=\"nano\" name=\"short\" time=\"61.000001\"/>"))
    }
    @Test(arguments: [
        ("plain", "plain", "plain"),
        ("a<b>&\"c\"]]>", "a&lt;b&gt;&amp;&quot;c&quot;]]&gt;", "a&lt;b&gt;&amp;&quot;c&quot;]]&gt;"),
        ("a\nb\tc\rd", "a\nb c\\u{d}d", "a\\u{a}b c\\u{d}d"),
        ("\u{0}\u{7f}\u{fffe}\u{202e}é", "\\u{0}\\u{7f}\\u{fffe}\\u{202e}é", "\\u{0}\\u{7f}\\u{fffe}\\u{202e}é"),
    ]) func xml(_ s: String, _ text: String, _ attribute: String) {
        #expect(XMLText.escape(s, keepsLines: true) == text)
        #expect(XMLText.escape(s) == attribute)
    }
    /// A results file may contain half of a surrogate pair. It must not break a report.
    @Test func loneSurrogate() throws {
        var reader = ResultsReader()
        var out = ReportBuffer()
        var format = ResultsFormat()
        format.begin([Samples.head], to: &out)
        format.add(try Samples.record("fail", .fail, "HALF"), run: 0, to: &out)
        let lines = String(decoding: out.take(), as: UTF8.self).replacing("HALF", with: "a\\ud800b").split(
            separator: "\n")
        _ = try reader.read(Array(lines[0].utf8))
        guard case .record(let r) = try reader.read(Array(lines[1].utf8)) else {
            Issue.record("no record")
            return
        }
        for f in FormatName.allCases {
            #expect(Samples.text(f, [r]).contains("a\u{fffd}b"), "\(f)")
        }
    }
}
