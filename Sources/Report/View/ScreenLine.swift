internal import Scenario

/// One row of a screen, a cell for each column.
public struct ScreenLine: Hashable, Sendable {
    /// How characters look.
    public struct Look: Hashable, Sendable {
        var tone: Style.Tone?
        /// Foreground and background are exchanged.
        var isReversed = false

        static let plain = Look()
        static let reversed = Look(isReversed: true)
        /// The same, in reverse.
        var marked: Look { Look(tone: tone, isReversed: true) }
        static func of(_ tone: Style.Tone?) -> Look { Look(tone: tone) }
    }
    struct Cell: Hashable, Sendable {
        /// A character and marks on it; nothing right of a wide one.
        var text = " "
        var look = Look.plain
    }
    /// Marks that are kept on one character.
    private static let markLimit = 3

    private(set) var cells: [Cell] = []
    let columns: Int

    init(_ columns: Int) { self.columns = columns }
    /// The text, without blanks at its end.
    public var text: String {
        let text = cells.map(\.text).joined()
        return String(text.reversed().drop { $0 == " " }.reversed())
    }

    /// Appends text as far as there is room, up to a column; what must not reach a terminal is a question mark, for those
    /// who forgot to make it harmless.
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
    /// Blanks up to a column.
    mutating func pad(to end: Int = .max, _ look: Look = .plain) {
        while cells.count < min(end, columns) { cells.append(Cell(look: look)) }
    }
    /// The last of what fits into so many columns, at their right.
    mutating func put(right text: String, _ look: Look = .plain, to end: Int) {
        pad(to: end - Self.columns(of: text), look)
        put(text, look, to: end)
        pad(to: end, look)
    }
    /// Shows columns in reverse.
    mutating func mark(_ range: Range<Int>) {
        for i in range.clamped(to: 0..<cells.count) { cells[i].look = cells[i].look.marked }
    }
    /// All of it in reverse, up to the end of the row.
    mutating func markAll() {
        pad()
        mark(0..<cells.count)
    }
    mutating func append(_ line: ScreenLine) { cells += line.cells.prefix(max(0, columns - cells.count)) }

    /// Columns that text takes.
    static func columns(of text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + CharacterWidth.of($1) }
    }
}

/// What a terminal shows.
public struct Screen: Hashable, Sendable {
    /// Where the cursor is seen; both count from 0.
    public struct Cursor: Hashable, Sendable {
        public var row: Int
        public var column: Int
    }
    /// One for each row.
    public var lines: [ScreenLine]
    /// Nil: it is not seen.
    public var cursor: Cursor?
    init(_ lines: [ScreenLine]) { self.lines = lines }
}
