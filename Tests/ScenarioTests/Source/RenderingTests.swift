import Testing

@testable import Scenario

/// The form of diagnostics on a terminal.
@Suite struct RenderingTests {
    static func rendered(_ text: String) -> String {
        let file = source(text)
        return Scenario.load(file, Specification.library).diagnostics.map { $0.rendered(file) }.joined()
    }

    @Test func labelAndNotes() {
        let text = nanoFile(
            "  - open: {from: peer, to: node, as: c}\n    req: NANO-16\n  - send: {via: c, msg: nano.keepalive, fields: {pears: []}}"
        )
        #expect(
            Self.rendered(text) == """
                error[MS0107]: unknown field of nano.keepalive `pears`
                   --> x.yaml:13:50
                   |
                13 |   - send: {via: c, msg: nano.keepalive, fields: {pears: []}}
                   |                                                  ^^^^^ did you mean `peers`?
                   = known: network, version_max, version_using, version_min, type, extensions, peers

                """)
    }
    @Test func duplicates() {
        #expect(
            Self.rendered("a: 1\na: 2\n").hasSuffix(
                """
                error[MS0002]: key `a` appears twice
                  --> x.yaml:2:1
                  |
                2 | a: 2
                  | ^ again here
                  = first at 1:1

                """))
    }
    @Test func aSpanOfSeveralLinesIsMarkedInItsFirst() {
        let file = source("ab: [1,\n 2]\n")
        let d = Diagnostic(
            .badValue, "m", in: "f", at: Span(Position(line: 1, column: 5), Position(line: 2, column: 4)))
        #expect(d.rendered(file) == "error[MS0103]: m\n  --> f:1:5\n  |\n1 | ab: [1,\n  |     ^^^\n")
    }
    @Test func tabsAndControlCharacters() {
        let file = source("a\tb\u{1b}[31m: \u{202e}x\n")
        let d = Diagnostic(
            .badValue, "key `\u{1b}[2J`", in: "f\u{7}.yaml",
            at: Span(Position(line: 1, column: 3), Position(line: 1, column: 9)),
            label: "\u{9b}", notes: ["\u{200b}"])
        #expect(
            d.rendered(file) == """
                error[MS0103]: key `\\u{1b}[2J`
                  --> f\\u{7}.yaml:1:3
                  |
                1 | a b\\u{1b}[31m: \\u{202e}x
                  |   ^^^^^^^^^^^ \\u{9b}
                  = \\u{200b}

                """)
    }
    @Test func escapesInKeysOfAFile() {
        let text = Self.rendered("\"\\e[31mred\": 1\n")
        #expect(text.contains("unknown key of a scenario `\\u{1b}[31mred`"))
        #expect(!text.unicodeScalars.contains("\u{1b}"))
    }
    @Test func wideLinesAreCut() {
        let line = String(repeating: "abcdefghi ", count: 1_000)
        let file = source(line + "\n")
        func carets(_ from: Int, _ to: Int) -> (String, Int, Int) {
            let e = Excerpt(file.line(1), from: from, to: to)
            #expect(e.text.count <= 162)
            return (e.text, e.carets.prefix { $0 == " " }.count, e.carets.filter { $0 == "^" }.count)
        }
        let (start, before, wide) = carets(1, 4)
        #expect(start == line.prefix(160) + "…")
        #expect((before, wide) == (0, 3))
        let (middle, far, two) = carets(5_001, 5_003)
        #expect(middle.first == "…" && middle.last == "…")
        #expect(Array(middle)[far...far + 1] == ["a", "b"] && two == 2)
        let (end, last, one) = carets(10_000, .max)
        #expect(end.last == " " && end.count == last + 1 && one == 1)
        // A span after the end, and a span that does not exist.
        #expect(carets(10_001, 10_001).2 == 1)
        #expect(carets(50_000, 60_000).2 == 1)
        #expect(carets(5, 50_000).2 == 156)
        #expect(Excerpt("", from: 1, to: 1).carets == "^")
        #expect(Excerpt("abc", from: 0, to: -5).carets == "^")
    }
    @Test func aMegabyteIsNotRepeated() {
        let text = Self.rendered("meshspec: 1\n? " + String(repeating: "k", count: 500_000) + "\n: 1\n")
        #expect(text.utf8.count < 5_000)
        #expect(text.contains("kkk … kkk"))
    }
    /// The caret is at the place of the mistake in each notation of a scalar.
    @Test(arguments: [
        "  - assert: $(true && «nobody)", "  - assert: \"$(true && «nobody)\"", "  - assert: '$(''a'' == «nobody)'",
        "  - assert: $(true &&\n      «nobody)",
        "  - assert: \"$(true &&\n      «nobody)\"", "  - assert: >-\n      $(true\n      && «nobody)",
        "  - assert: |\n\n      $(true && «nobody)", "  - assert: >2\n      $(true && «nobody)",
        "  - assert: \"$('\\\\' == 'ä😀e\u{301}' && «nobody)\"",
        "  - expect: {via: c, event: closed, window: 1s .. $(«nobody)}",
        "  - expect: {via: c, event: closed, window: \"1s .. $(2 * «nobody)\"}", "  - let: {x: a $(1) b $(«nobody)}",
        "  - let: {x: {y: [z, $(«nobody)]}}",
    ])
    func places(_ steps: String) throws {
        let (text, place) = Marked.split(
            nanoFile("  - open: {from: peer, to: node, as: c}\n    req: NANO-16\n" + steps))
        let d = Scenario.load(source(text), Specification.library).diagnostics
        #expect(d.map(\.message) == ["unknown name `nobody`"])
        let span = try #require(d.first?.span)
        #expect(span.start == place)
        #expect(span.end == Position(line: span.start.line, column: span.start.column + 6))
    }
    @Test func anEscapedBeginningIsNearEnough() throws {
        let d = nano("  - assert: \"\\x24(true && nobody)\"")
        #expect(d.map(\.message) == ["unknown name `nobody`"])
        #expect(d.first?.span.start.line == 12)
    }
}
