internal import Scenario
internal import Text

/// One row of a screen, with a cell for each column.
public struct ScreenLine: Hashable, Sendable {
    /// The appearance of characters.
    public struct Look: Hashable, Sendable {
        var tone: Style.Tone?
        /// True if foreground and background are exchanged.
        var isReversed = false

        static let plain = Look()
        static let reversed = Look(isReversed: true)
        /// The same look, reversed.
        var marked: Look { Look(tone: tone, isReversed: true) }
        static func of(_ tone: Style.Tone?) -> Look { Look(tone: tone) }
    }
    struct Cell: Hashable, Sendable {
        /// A character with its combining marks; empty for the cell after a wide character.
        var text = " "
        var look = Look.plain
    }
    /// The maximum number of combining marks on a character.
    private static let markLimit = 3

    private(set) var cells: [Cell] = []
    let columns: Int

    init(_ columns: Int) { self.columns = columns }
    /// The text without spaces at its end.
    public var text: String {
        let text = cells.map(\.text).joined()
        return String(text.reversed().drop { $0 == " " }.reversed())
    }

    /// Appends text up to a column, as far as there is room. Characters that must not reach a terminal become question
    /// marks, in case the caller did not escape them.
    mutating func put(_ text: some StringProtocol, _ look: Look = .plain, to end: Int = .max) {
        let end = min(end, columns)
        for c in text.unicodeScalars {
            let c = Printable.isPlain(c) ? c : "?"
            let width = CharacterWidth.of(c)
            if width == 0 {
                guard let last = cells.lastIndex(where: { !$0.text.isEmpty }),
                    cells[last].text.unicodeScalars.count <= Self.markLimit
                else { continue }
                cells[last].text.unicodeScalars.append(c)
                continue
            }
            guard cells.count + width <= end else { return }
            cells.append(Cell(text: String(c), look: look))
            if width == 2 { cells.append(Cell(text: "", look: look)) }
        }
    }
    /// Appends spaces up to a column.
    mutating func pad(to end: Int = .max, _ look: Look = .plain) {
        while cells.count < min(end, columns) { cells.append(Cell(look: look)) }
    }
    /// Appends right-aligned text that ends at the column `end`.
    mutating func put(right text: String, _ look: Look = .plain, to end: Int) {
        pad(to: end - Self.columns(of: text), look)
        put(text, look, to: end)
        pad(to: end, look)
    }
    /// Reverses a range of columns.
    mutating func mark(_ range: Range<Int>) {
        for i in range.clamped(to: 0..<cells.count) { cells[i].look = cells[i].look.marked }
    }
    /// Reverses the whole row, up to its end.
    mutating func markAll() {
        pad()
        mark(0..<cells.count)
    }
    mutating func append(_ line: ScreenLine) { cells += line.cells.prefix(max(0, columns - cells.count)) }

    /// Returns the number of columns of a text.
    static func columns(of text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + CharacterWidth.of($1) }
    }
}

/// The content of a terminal screen.
public struct Screen: Hashable, Sendable {
    /// The position of the visible cursor; rows and columns are counted from 0.
    public struct Cursor: Hashable, Sendable {
        public var row: Int
        public var column: Int
    }
    /// The rows.
    public var lines: [ScreenLine]
    /// The cursor; nil if it is hidden.
    public var cursor: Cursor?
    init(_ lines: [ScreenLine]) { self.lines = lines }
}

/// The widths of characters in columns of a terminal.
enum CharacterWidth {
    /// The wide and full-width characters according to East Asian Width of Unicode 15.1 (UAX #11), and pictures. Gaps
    /// between blocks are included if no terminal shows them differently.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115f, 0x231a...0x231b, 0x2329...0x232a, 0x23e9...0x23ec, 0x23f0...0x23f0, 0x23f3...0x23f3,
        0x25fd...0x25fe, 0x2614...0x2615, 0x2648...0x2653, 0x267f...0x267f, 0x2693...0x2693, 0x26a1...0x26a1,
        0x26aa...0x26ab, 0x26bd...0x26be, 0x26c4...0x26c5, 0x26ce...0x26ce, 0x26d4...0x26d4, 0x26ea...0x26ea,
        0x26f2...0x26f3, 0x26f5...0x26f5, 0x26fa...0x26fa, 0x26fd...0x26fd, 0x2705...0x2705, 0x270a...0x270b,
        0x2728...0x2728, 0x274c...0x274c, 0x274e...0x274e, 0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797,
        0x27b0...0x27b0, 0x27bf...0x27bf, 0x2b1b...0x2b1c, 0x2b50...0x2b50, 0x2b55...0x2b55, 0x2e80...0x303e,
        0x3041...0x4dbf, 0x4e00...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe10...0xfe19,
        0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x16fe0...0x18cff, 0x1aff0...0x1b2ff, 0x1f004...0x1f004,
        0x1f0cf...0x1f0cf, 0x1f18e...0x1f18e, 0x1f191...0x1f19a, 0x1f200...0x1f320, 0x1f32d...0x1f335,
        0x1f337...0x1f37c, 0x1f37e...0x1f393, 0x1f3a0...0x1f3ca, 0x1f3cf...0x1f3d3, 0x1f3e0...0x1f3f0,
        0x1f3f4...0x1f3f4, 0x1f3f8...0x1f43e, 0x1f440...0x1f440, 0x1f442...0x1f4fc, 0x1f4ff...0x1f53d,
        0x1f54b...0x1f54e, 0x1f550...0x1f567, 0x1f57a...0x1f57a, 0x1f595...0x1f596, 0x1f5a4...0x1f5a4,
        0x1f5fb...0x1f64f, 0x1f680...0x1f6c5, 0x1f6cc...0x1f6cc, 0x1f6d0...0x1f6d2, 0x1f6d5...0x1f6d7,
        0x1f6dc...0x1f6df, 0x1f6eb...0x1f6ec, 0x1f6f4...0x1f6fc, 0x1f7e0...0x1f7eb, 0x1f7f0...0x1f7f0,
        0x1f90c...0x1f93a, 0x1f93c...0x1f945, 0x1f947...0x1f9ff, 0x1fa70...0x1faff, 0x20000...0x3fffd,
    ]
    /// Returns 2 for wide characters, 0 for marks that combine with the previous character, otherwise 1.
    static func of(_ c: Unicode.Scalar) -> Int {
        if c.value < 0x300 { return 1 }
        switch c.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        // The middle and last parts of a Hangul syllable.
        case _ where (0x1160...0x11ff).contains(c.value): return 0
        default: break
        }
        var (low, high) = (0, wide.count)
        while low < high {
            let middle = (low + high) / 2
            if wide[middle].upperBound < c.value { low = middle + 1 } else { high = middle }
        }
        return low < wide.count && wide[low].contains(c.value) ? 2 : 1
    }
}
