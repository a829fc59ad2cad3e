import Testing

@testable import Report
@testable import Scenario
@testable import Text

struct RunConsoleTests {
    func console(_ style: Style = Style(hasColour: false), ids: [String] = ["nano.made.case", "nano.b"]) -> RunConsole {
        RunConsole(style, Made.requirements, ids: ids)
    }
    @Test func lines() throws {
        var c = console()
        let reason = "\u{1b}needs server"
        let lines = try [
            Made.result(.pass), Made.result(.fail, Made.problem()),
            Made.result(.warn, Made.problem("late"), requirement: "NANO-24"),
            Made.result(.inconc, Made.problem("harness late")), Made.result(.error, Made.problem("no port")),
            Made.result(.skip, id: "nano.b", reason: reason), Made.result(.notRun, id: "nano.b", reason: "interrupted"),
        ].map { c.line(Made.record($0)) }
        #expect(
            lines == [
                "  ✓ nano.made.case   214 ms  NANO-16 NANO-18",
                "  ✗ nano.made.case   214 ms  NANO-16 MUST  extensions: wanted 7, had 0",
                "  ! nano.made.case   214 ms  NANO-24 SHOULD  late",
                "  ? nano.made.case   214 ms  NANO-16 MUST  harness late",
                "  E nano.made.case   214 ms  NANO-16 MUST  no port",
                "  - nano.b                -  skip: \\u{1b}needs server",
                "  - nano.b                -  not run: interrupted",
            ])
        #expect(
            c.summary(elapsed: .seconds(28)) == [
                "7 cases: 1 pass, 1 fail, 1 warn, 1 inconc, 1 error, 1 skip, 1 not run   MUST 1/2   SHOULD 0/1   28.0 s"
            ])
        // The cases with a problem appear in full, the most serious last.
        #expect(c.details.count { $0 == "" } == 4)
        let heads = c.details.indices.filter { c.details[$0].isEmpty }.map { c.details[$0 + 1].prefix(1) }
        #expect(heads == ["?", "!", "E", "✗"])
    }
    /// The line shows the result of the last try.
    @Test func triedAgain() throws {
        var c = console()
        let lines = try [Made.result(.pass), Made.result(.warn, Made.problem("late"), requirement: "NANO-24")].map {
            var r = $0
            r.retries = 1
            return c.line(Made.record(r))
        }
        #expect(lines[0].hasSuffix("  flaky: passed at try 2  NANO-16 NANO-18"))
        #expect(lines[1].hasSuffix("  flaky: warn at try 2  NANO-24 SHOULD  late"))
    }
    @Test func asciiLinesAreAligned() throws {
        var c = console(Style(hasColour: false, hasUnicode: false))
        let lines = try [Verdict.pass, .fail, .warn, .inconc, .error, .skip].map { v in
            c.line(Made.record(try Made.result(v, v == .skip ? nil : Made.problem("é"), reason: "…")))
        }
        #expect(lines[0] == "  ok   nano.made.case   214 ms  NANO-16 NANO-18")
        #expect(lines[1] == "  FAIL nano.made.case   214 ms  NANO-16 MUST  \\u{e9}")
        #expect(lines[5] == "  skip nano.made.case        -  skip: ...")
        for line in lines {
            #expect(line.utf8.allSatisfy { $0 < 0x80 })
            #expect(line.dropFirst(7).hasPrefix("nano.made.case "))
        }
    }
    /// The verdict, the id and the time remain on a narrow terminal. The rest is cut.
    @Test func narrow() throws {
        for width in [20, 60, Int.max] {
            for hasUnicode in [true, false] {
                var c = console(Style(hasColour: true, hasUnicode: hasUnicode, width: width))
                let text = c.line(
                    Made.record(try Made.result(.fail, Made.problem(String(repeating: "x", count: 200)))))
                let end = hasUnicode ? "…" : "..."
                #expect(text.contains("nano.made.case") && text.contains("214 ms") && text.contains("NANO-16"))
                #expect(text.hasSuffix(end) == (width < .max))
                // Colours take no columns.
                #expect(width == .max || text.count - 9 <= max(width, 60))
            }
        }
        #expect(
            console(Style(hasColour: false, width: 20)).header(version: "1", target: "t", seed: 7, cases: 1)
                == ["meshspec 1 target t", " seed 0x7 1 case"])
    }
    @Test func summaryTones() throws {
        var c = console(Style(hasColour: true))
        #expect(c.summary(elapsed: .zero)[0].hasPrefix("\u{1b}[31m0 cases: 0 pass   0 us"))
        _ = c.line(Made.record(try Made.result(.pass)))
        #expect(c.summary(elapsed: .zero)[0].hasPrefix("\u{1b}[32m1 case: 1 pass   MUST 2/2"))
    }
    /// A problem that affects all cases alike appears once, with the names of the others.
    @Test func sameTroubleOnce() throws {
        var c = console()
        for i in 0..<30 {
            _ = c.line(Made.record(try Made.result(.error, Made.problem("cannot connect"), id: "nano.case-\(i)")))
        }
        _ = c.line(Made.record(try Made.result(.error, Made.problem("another"), id: "nano.other")))
        _ = c.line(Made.record(try Made.result(.fail, Made.problem("cannot connect"), id: "nano.judged")))
        let details = c.details
        #expect(details.count { $0 == "" } == 3)
        #expect(details.contains { $0.hasPrefix("  the same in 29 more: nano.case-1 nano.case-2 ") })
        #expect(details.contains { $0.hasSuffix("nano.case-29") })
        #expect(details.allSatisfy { $0.count <= 120 })
    }
    @Test(arguments: [
        (0, "0 us"), (999, "999 us"), (1000, "1 ms"), (214_400, "214 ms"), (999_499, "999 ms"), (999_500, "1.0 s"),
        (61_000_000, "61.0 s"), (1_949_499, "1.9 s"), (1_950_000, "2.0 s"), (-5, "0 us"),
    ]) func time(_ us: Int, _ wanted: String) { #expect(RunConsole.time(.microseconds(us)) == wanted) }
}
