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
    static func columns(of text: String) -> Int { CharacterWidth.of(text) }
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
