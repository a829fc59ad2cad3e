import Testing

@testable import Records

/// Keys from the bytes of a terminal.
struct KeyParserTests {
    func keys(_ text: String) -> [Key] {
        var parser = KeyParser()
        return parser.keys(Array(text.utf8))
    }
    @Test(
        arguments: [
            ("\u{1b}[A", .up), ("\u{1b}OB", .down), ("\u{1b}[1;5C", .right), ("\u{1b}[D", .left),
            ("\u{1b}[5~", .pageUp), ("\u{1b}[6;2~", .pageDown), ("\u{1b}[H", .home), ("\u{1b}[1~", .home),
            ("\u{1b}[F", .end), ("\u{1b}[8~", .end), ("\u{1b}[3~", .delete), ("\u{1b}[Z", .backTab),
            ("\t", .tab), ("\r", .enter), ("\n", .enter),
            ("\u{7f}", .backspace), ("\u{8}", .backspace), ("\u{15}", .control("u")), ("q", .character("q")),
            ("é", .character("é")), ("語", .character("語")), ("😀", .character("😀")),
        ] as [(String, Key)])
    func oneKey(_ text: String, _ key: Key) { #expect(keys(text) == [key]) }

    /// The parser accepts a sequence that is cut at any place, with any bytes after it.
    @Test func cutAnywhere() {
        let bytes = Array("\u{1b}[5~é\u{1b}[1;5Cx".utf8)
        for cut in 0...bytes.count {
            var parser = KeyParser()
            let all = parser.keys(bytes[..<cut]) + parser.keys(bytes[cut...])
            #expect(all == [.pageUp, .character("é"), .right, .character("x")], "cut at \(cut)")
            #expect(!parser.isWaiting)
        }
    }
    @Test func loneEscape() {
        var parser = KeyParser()
        #expect(parser.keys([0x1b]).isEmpty && parser.isWaiting)
        #expect(parser.pause() == .escape && !parser.isWaiting)
        // An incomplete sequence gives no key.
        #expect(parser.keys(Array("\u{1b}[".utf8)).isEmpty && parser.isWaiting)
        #expect(parser.pause() == nil)
        #expect(parser.keys(Array("a".utf8)) == [.character("a")])
        #expect(keys("\u{1b}\u{1b}[A") == [.escape, .up])
    }
    /// The parser ignores the mouse, the focus, keys with alt, function keys, and answers of the terminal. It reads the
    /// next key.
    @Test(arguments: [
        "\u{1b}[<0;10;20M", "\u{1b}[I", "\u{1b}a", "\u{1b}OP", "\u{1b}[15~", "\u{1b}[[A", "\u{1b}[?62;4c", "\u{0}",
        "\u{80}",
    ])
    func nothing(_ text: String) {
        let all = keys(text + "z")
        #expect(all.last == .character("z"))
        #expect(all.count == (text.hasSuffix("M") ? 2 : 1), "\(all)")
    }
    /// A sequence without an end does not grow. The parser skips bytes that are not UTF-8.
    @Test func garbage() {
        var parser = KeyParser()
        _ = parser.keys(Array("\u{1b}[".utf8) + Array(repeating: UInt8(ascii: "1"), count: 100))
        #expect(!parser.isWaiting || parser.keys(Array("~".utf8)).isEmpty)
        #expect(parser.keys([0xff, 0xc3, UInt8(ascii: "a")]) == [.character("a")])
    }
}
