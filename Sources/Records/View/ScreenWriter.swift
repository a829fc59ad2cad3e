internal import Text

/// A writer of screens for a terminal with control sequences of ECMA-48. It writes only the rows that changed since the
/// screen before.
public struct ScreenWriter: Sendable {
    private let hasColour: Bool
    private var last: Screen?

    /// Makes a writer. Without colours it uses bold and reversed characters.
    public init(hasColour: Bool) { self.hasColour = hasColour }
    /// Forgets the content of the terminal, so that the next screen is written completely.
    public mutating func forget() { last = nil }

    /// Returns the bytes that make the terminal show a screen.
    public mutating func bytes(for screen: Screen) -> [UInt8] {
        var out = "\u{1b}[?25l"
        let known = last.flatMap { $0.lines.count == screen.lines.count ? $0 : nil }
        if known == nil { out += "\u{1b}[0m\u{1b}[2J" }
        for (i, line) in screen.lines.enumerated() where known?.lines[i] != line {
            out += "\u{1b}[\(i + 1);1H"
            write(line, &out)
        }
        if let cursor = screen.cursor { out += "\u{1b}[\(cursor.row + 1);\(cursor.column + 1)H\u{1b}[?25h" }
        last = screen
        return Array(out.utf8)
    }
    private func write(_ line: ScreenLine, _ out: inout String) {
        var look = ScreenLine.Look.plain
        let end = line.cells.lastIndex { $0.text != " " || $0.look != .plain }.map { $0 + 1 } ?? 0
        for cell in line.cells[..<end] {
            if cell.look != look {
                look = cell.look
                out += "\u{1b}[\(codes(look).map(String.init).joined(separator: ";"))m"
            }
            out += cell.text
        }
        if look != .plain { out += "\u{1b}[0m" }
        if end < line.columns { out += "\u{1b}[K" }
    }
    /// Returns the SGR parameters: a reset, and then the look.
    private func codes(_ look: ScreenLine.Look) -> [Int] {
        var out = [0]
        if let tone = look.tone, let code = Style.codes[tone] {
            // Bold replaces a colour.
            out.append(hasColour || code < 10 ? code : 1)
        }
        if look.isReversed { out.append(7) }
        return out
    }
}
