import Text

/// Formats rows of text as an aligned table.
enum TextTable {
    /// Returns the lines of a table. Each column except the last of a row is padded to its widest cell, at most to
    /// `widest` characters.
    static func lines(_ rows: [[String]], widest: Int = .max) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { c in min(widest, rows.map { c < $0.count ? $0[c].count : 0 }.max() ?? 0) }
        return rows.map { row in
            (zip(row.dropLast(), widths).map { Style.pad($0, $1) } + row.suffix(1)).joined(separator: "  ")
        }
    }
    static func text(_ rows: [[String]], widest: Int = .max) -> String {
        lines(rows, widest: widest).joined(separator: "\n")
    }
}
