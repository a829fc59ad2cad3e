import Testing

@testable import Records
@testable import Text

/// Cells, and their output.
struct ScreenLineTests {
    func line(_ text: String, _ columns: Int = 20) -> ScreenLine {
        var line = ScreenLine(columns)
        line.put(text)
        return line
    }
    func written(_ lines: [ScreenLine], colour: Bool = true) -> String {
        var writer = ScreenWriter(hasColour: colour)
        return String(decoding: writer.bytes(for: Screen(lines)), as: UTF8.self)
    }
    @Test func widths() {
        #expect(line("a語b").cells.map(\.text) == ["a", "語", "", "b"])
        // A wide character without room is omitted with all characters after it.
        #expect(line("a語b", 2).text == "a")
        #expect(line("e\u{301}x").cells.map(\.text) == ["e\u{301}", "x"])
        // A character has a limited number of combining marks.
        #expect(line("a" + String(repeating: "\u{301}", count: 50)).text.unicodeScalars.count < 6)
        #expect(ScreenLine.columns(of: "한글 ｗ 😀") == 10)
    }
    /// The line escapes dangerous characters even if the caller did not.
    @Test func nothingThatMovesTheCursor() {
        let text = written([line("a\u{1b}[2Jb\u{9b}c\u{202e}d\n\u{7f}")])
        #expect(text.contains("a?[2Jb?c?d??"))
        #expect(!text.unicodeScalars.contains { $0.value == 0x9b || $0.value == 0x7f || $0.value == 0x202e })
    }
    @Test func onlyWhatDiffers() {
        var writer = ScreenWriter(hasColour: true)
        let first = writer.bytes(for: Screen([line("one"), line("two")]))
        #expect(String(decoding: first, as: UTF8.self).contains("\u{1b}[2J"))
        let second = String(decoding: writer.bytes(for: Screen([line("one"), line("2")])), as: UTF8.self)
        #expect(second == "\u{1b}[?25l\u{1b}[2;1H2\u{1b}[K")
        writer.forget()
        #expect(String(decoding: writer.bytes(for: Screen([line("one")])), as: UTF8.self).contains("one"))
    }
    @Test func looks() {
        var l = ScreenLine(4)
        l.put("ab", .of(.bad))
        l.mark(1..<2)
        #expect(written([l]).contains("\u{1b}[0;31ma\u{1b}[0;31;7mb\u{1b}[0m\u{1b}[K"))
        // Without colours, the text is bold.
        #expect(written([l], colour: false).contains("\u{1b}[0;1ma\u{1b}[0;1;7mb\u{1b}[0m"))
    }
}
