import Testing

@testable import Scenario

/// Accepted failures: how the list changes results, and the file that stores it.
@Suite struct BaselineTests {
    static func result(
        _ id: String, _ verdict: Verdict, requirement: String = "TOY-1", reason: String? = "text: wanted a, had b"
    ) throws -> CaseResult {
        let problem = verdict > .pass ? reason.map { Problem($0, .top) } : nil
        return CaseResult(
            id: id, scenario: try toy("  - wait: 1s"), verdict: verdict, requirement: requirement, level: .must,
            problem: problem, reason: nil, step: 1, duration: .zero, seed: 1, trace: [])
    }
    static func entry(_ r: CaseResult, expires: String? = nil) -> Baseline.Entry {
        Baseline.Entry(id: r.id, requirement: r.requirement, reason: Fingerprint.of(r), note: "N", expires: expires)
    }
    static let today = "2026-07-01"

    @Test(arguments: [Verdict.fail, .warn, .inconc])
    func asListed(_ v: Verdict) throws {
        let r = try Self.result("a", v)
        let judged = Baseline([Self.entry(r)]).judge(r, today: Self.today)
        #expect(judged.expectation == .failed(note: "N") && judged.verdict == v)
        // The comparison ignores numbers. Words and the verdict count.
        let b = Baseline([Self.entry(r)])
        func of(_ r: CaseResult) -> CaseResult.Expectation? { b.judge(r, today: Self.today).expectation }
        let long = Baseline([Self.entry(try Self.result("a", v, reason: "no answer within 250ms after 3 tries"))])
        #expect(
            long.judge(try Self.result("a", v, reason: "no answer within 5s after 4 tries"), today: Self.today)
                .expectation
                == .failed(note: "N"))
        let was = "TOY-1 \(Fingerprint.of(r))"
        #expect(of(try Self.result("a", v, reason: "connection closed")) == .changed(was: was))
        #expect(of(try Self.result("a", v, requirement: "TOY-4")) == .changed(was: was))
        #expect(of(try Self.result("a", v == .fail ? .warn : .fail)) == .changed(was: was))
        // The list does not contain another case.
        #expect(of(try Self.result("b", v)) == nil)
    }
    @Test func aResetIsAClose() throws {
        let b = Baseline([Self.entry(try Self.result("a", .fail, reason: "connection closed instead of toy.say"))])
        func of(_ reason: String) throws -> CaseResult.Expectation? {
            b.judge(try Self.result("a", .fail, reason: reason), today: Self.today).expectation
        }
        #expect(try of("connection reset instead of toy.say") == .failed(note: "N"))
        #expect(try of("connection closed in the middle of a message instead of toy.say") != .failed(note: "N"))
        #expect(try of("reset instead of toy.say") != .failed(note: "N"))
    }
    @Test func anUnexpectedPass() throws {
        let b = Baseline([Self.entry(try Self.result("a", .fail))])
        #expect(b.judge(try Self.result("a", .pass), today: Self.today).expectation == .passed(note: "N"))
    }
    @Test(arguments: [Verdict.skip, .notRun, .error])
    func whatSaysNothingOfTheNode(_ v: Verdict) throws {
        let b = Baseline([Self.entry(try Self.result("a", .fail))])
        let r = try Self.result("a", v)
        #expect(b.judge(r, today: Self.today).expectation == nil && b.judge(r, today: Self.today).verdict == v)
    }
    @Test func expiry() throws {
        let r = try Self.result("a", .fail)
        func of(_ day: String?) -> CaseResult.Expectation? {
            Baseline([Self.entry(r, expires: day)]).judge(r, today: Self.today).expectation
        }
        #expect(of("2026-07-01") == .failed(note: "N") && of("2026-07-02") == .failed(note: "N"))
        #expect(of("2026-06-30") == .expired("2026-06-30") && of(nil) == .failed(note: "N"))
        // A changed reason is reported before the expiry date.
        let other = try Self.result("a", .fail, reason: "closed")
        guard
            case .changed = Baseline([Self.entry(r, expires: "2026-06-30")]).judge(other, today: Self.today).expectation
        else {
            Issue.record("not changed")
            return
        }
    }
    @Test func casesThatAreGone() throws {
        let b = Baseline([Self.entry(try Self.result("a", .fail)), Self.entry(try Self.result("b", .fail))])
        #expect(b.without(["b", "c"]).map(\.id) == ["a"])
        #expect(b.without([]).count == 2 && b.without(["a", "b"]).isEmpty)
    }
    @Test func updating() throws {
        let old = Baseline([
            Baseline.Entry(id: "b", requirement: "TOY-2", reason: "0", note: "kept", expires: "2030-01-01"),
            Baseline.Entry(id: "gone", requirement: "TOY-2", reason: "0", note: "n", expires: nil),
            Baseline.Entry(id: "p", requirement: "TOY-2", reason: "0", note: "passes now", expires: nil),
        ])
        let results = [
            try Self.result("c", .warn, reason: "late"), try Self.result("b", .fail), try Self.result("p", .pass),
            try Self.result("s", .skip), try Self.result("e", .error), try Self.result("a", .inconc),
            // A second round.
            try Self.result("b", .fail, reason: "another"),
        ]
        let new = old.updated(results)
        #expect(new.entries.map(\.id) == ["a", "b", "c"])
        #expect(new["b"]?.note == "kept" && new["b"]?.expires == "2030-01-01" && new["b"]?.requirement == "TOY-1")
        #expect(new["c"]?.note == "late" && new["c"]?.expires == nil)
        for r in [results[0], results[1], results[5]] {
            guard case .failed = new.judge(r, today: Self.today).expectation else {
                Issue.record("\(r.id) is not accepted")
                continue
            }
        }
        // The same results change nothing.
        #expect(new.updated(results).entries == new.entries)
    }

    // The file.

    static func load(_ text: String) -> (entries: [Baseline.Entry]?, lines: [String]) {
        let (b, d) = Baseline.load(source(text))
        return (b?.entries, d.map(\.line))
    }
    @Test func thereAndBack() {
        let hard = [
            "plain", "", "with \"quotes\" and \\ and 'these'", "two\nlines\r\n\ttab", "# not a comment", "- no: list",
            "\u{1b}[31m\u{0}\u{7f}\u{85}\u{9b}", "\u{2028}\u{2029}\u{202e}", "\u{feff}\u{fffe}\u{ffff}",
            "ä 猫 \u{1f600} \u{10ffff}",
            "null", "0x10", "$(x)", "a: b", " blanks ", "&a *b !c %d @e `f`",
        ]
        let entries = hard.enumerated().map { i, s in
            Baseline.Entry(
                id: "case.\(i)[\(s)]", requirement: "R\(s)", reason: "F\(s)", note: "N" + s,
                expires: i % 2 == 0 ? "2027-12-31" : nil)
        }
        let back = Self.load(Baseline(entries).text)
        #expect(back.lines == [] && back.entries == entries)
        #expect(Self.load(Baseline().text).entries == [])
        #expect(Self.load(Baseline().text).lines == [])
        // The text is as stable as its entries.
        #expect(Baseline(back.entries ?? []).text == Baseline(entries).text)
    }
    @Test func tenThousandEntries() {
        let entries = (0..<10_000).map {
            Baseline.Entry(
                id: "case.\($0)", requirement: "TOY-1", reason: "0123456789abcdef", note: "why not", expires: nil)
        }
        let back = Self.load(Baseline(entries).text)
        #expect(back.entries == entries, "\(back.lines)")
    }
    @Test(arguments: [
        ("", "MS0100 1:1 the file is empty"), ("[]", "MS0100 1:1 a baseline is a map, this is a list"),
        ("entries: []\nmeshspec-baseline: 1", "MS0215 1:1 the first key must be `meshspec-baseline: 1`"),
        ("meshspec-baseline: 2\nentries: []", "MS0215 1:20 version 2 is unknown, this program reads version 1"),
        ("meshspec-baseline: 1", "MS0102 1:1 a baseline needs `entries`: accepted failures"),
        ("meshspec-baseline: 1\nentries: {}", "MS0100 2:10 entries is a list, this is a map"),
        ("meshspec-baseline: 1\nentries: [a]", "MS0100 2:11 an entry of a baseline is a map, this is a single value"),
        (
            "meshspec-baseline: 1\nentries: [{id: a, reason: f}]",
            "MS0102 2:11 an entry of a baseline needs `requirement`: requirement that the node breaks"
        ),
        (
            "meshspec-baseline: 1\nentries: [{id: a, requirement: r, reason: f, expires: tomorrow}]",
            "MS0103 2:55 expires is a day such as 2027-01-31, this is `tomorrow`"
        ),
        (
            "meshspec-baseline: 1\nentries: [{id: a, requirement: r, reason: f, expires: 2027-13-01}]",
            "MS0103 2:55 expires is a day such as 2027-01-31, this is `2027-13-01`"
        ),
        (
            "meshspec-baseline: 1\nentries: [{id: a, requirement: r, reason: f, note: n, nto: n}]",
            "MS0101 2:55 unknown key of an entry of a baseline `nto`"
        ),
        (
            "meshspec-baseline: 1\nentries: [{id: a, requirement: r, reason: f}, {id: a, requirement: r, reason: f}]",
            "MS0114 2:47 two entries are about `a`"
        ),
    ])
    func badFiles(_ text: String, _ line: String) {
        let (entries, lines) = Self.load(text)
        #expect(entries == nil && lines.contains { $0.hasPrefix(line) }, "\(lines)")
    }
}
