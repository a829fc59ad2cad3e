import Testing

@testable import Text

struct HexDumpTests {
    let style = Style(hasColour: false)
    func dump(_ bytes: [UInt8], _ range: Range<Int>?, _ label: String = "x", rows: Int = 8) -> [String] {
        HexDump.lines(bytes, marking: range, label: label, rows: rows, style)
    }
    /// Returns the bytes 0, 1, 2, and so on.
    func counting(_ n: Int) -> [UInt8] { (0..<n).map { UInt8(truncatingIfNeeded: $0) } }

    @Test func empty() {
        #expect(dump([], nil).isEmpty)
        #expect(dump([], 0..<0).isEmpty)
        #expect(dump([], 3..<9).isEmpty)
    }
    @Test func unmarked() {
        #expect(
            dump(Array("A~ \u{7f}\n".utf8), nil) == [
                "0000  41 7e 20 7f 0a" + String(repeating: " ", count: 35) + "A~ .."
            ])
    }
    @Test func atTheStart() {
        #expect(
            dump(counting(20), 0..<2) == [
                "0000 [00 01]02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  ................   <- x bytes 0..1",
                "0010  10 11 12 13                                      ....",
            ])
    }
    @Test func atTheEnd() {
        #expect(
            dump(counting(20), 18..<20) == [
                "0000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  ................",
                "0010  10 11[12 13]                                     ....   <- x bytes 18..19",
            ])
    }
    /// The brackets of a long range close in each row. The range ends with its last byte.
    @Test func whole() {
        #expect(
            dump(counting(32), 0..<32) == [
                "0000 [00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f] ................   <- x bytes 0..31",
                "0010 [10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f] ................",
            ])
    }
    @Test func overTheEndOfARow() {
        #expect(
            dump(counting(32), 15..<17, "") == [
                "0000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e[0f] ................   <- bytes 15..16",
                "0010 [10]11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f  ................",
            ])
    }
    @Test func oneByteAtTheEndOfARow() {
        let lines = dump(counting(17), 15..<16)
        #expect(
            lines[0].hasPrefix("0000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e[0f] ....") && !lines[1].contains("[")
        )
    }
    /// Missing bytes have a place after the last byte.
    @Test(arguments: [20..<20, 20..<24, 99..<120]) func beyond(_ range: Range<Int>) throws {
        let lines = dump(counting(20), range)
        try #require(lines.count == 2)
        #expect(lines[1].hasSuffix("....   <- x at byte 20"))
        #expect(!lines.joined().contains("[") && !lines.joined().contains("]"))
    }
    @Test func beyondFullRows() {
        #expect(dump(counting(32), 32..<40).last?.hasSuffix(".   <- x at byte 32") == true)
    }
    @Test func emptyInTheMiddle() {
        #expect(dump(counting(20), 4..<4)[0].hasSuffix("   <- x at byte 4"))
    }
    @Test func partlyBeyond() {
        #expect(dump(counting(20), 18..<400)[1].hasSuffix("   <- x bytes 18..19"))
    }
    /// The dump has one row before the range, then at most the given number of rows, then a count.
    @Test func window() throws {
        let lines = dump(counting(1024), 0x208..<0x209, rows: 3)
        try #require(lines.count == 4)
        #expect(lines[0].hasPrefix("01f0 ") && lines[1].hasPrefix("0200 ") && lines[2].hasPrefix("0210 "))
        #expect(lines[3] == "… 480 more bytes")
    }
    @Test func largeOffsets() {
        var bytes = counting(0x10010)
        bytes[0x10000] = 0xee
        #expect(dump(bytes, 0x10000..<0x10001).last?.hasPrefix("10000 [ee]") == true)
    }
    /// Equal rows appear once. Marked rows and the last row always appear.
    @Test func repeated() {
        let zero = [UInt8](repeating: 0, count: 160)
        let lines = dump(zero, 100..<104, "x")
        #expect(lines.map { String($0.prefix(4)) } == ["0050", "0060", "0070", "*", "0090"])
        #expect(dump(zero, nil).map { String($0.prefix(4)) } == ["0000", "*", "0090"])
        #expect(dump([UInt8](repeating: 0, count: 32), nil).count == 2)
    }
    @Test func colourAndPlainText() {
        let coloured = HexDump.lines(
            [1, 2], marking: 0..<1, label: "\u{1b}é", Style(hasColour: true, hasUnicode: false))
        #expect(coloured[0].hasPrefix("0000 [\u{1b}[31m01\u{1b}[0m]02"))
        #expect(coloured[0].hasSuffix("\u{1b}[31m   <- \\u{1b}\\u{e9} bytes 0..0\u{1b}[0m"))
    }
}
