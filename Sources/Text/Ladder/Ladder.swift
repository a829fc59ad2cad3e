/// A ladder diagram in text: the messages as arrows between two names.
package enum Ladder {
    /// The maximum number of columns of a name.
    private static let width = 60

    /// An arrow between two names.
    package struct Row {
        var left: String
        var right: String
        var isToRight: Bool
        var name: String
        var at: String
        /// The name of the connection, if there are several.
        var link = ""
        /// The text after the arrow, already escaped and coloured.
        var mark = ""
        package init(
            left: String, right: String, isToRight: Bool, name: String, at: String, link: String = "", mark: String = ""
        ) {
            (self.left, self.right, self.isToRight) = (left, right, isToRight)
            (self.name, self.at, self.link, self.mark) = (name, at, link, mark)
        }
    }
    /// Returns the rows with aligned arrows.
    package static func draw(_ rows: [Row], _ style: Style) -> [String] {
        let names = rows.map { style.cut(style.safe($0.name), width) }
        let lefts = rows.map { style.safe($0.left) }
        let rights = rows.map { style.safe($0.right) }
        let column = names.map(\.count).max() ?? 0
        let left = lefts.map(\.count).max() ?? 0
        let right = rights.map(\.count).max() ?? 0
        let dash = style.hasUnicode ? "─" : "-"
        return rows.enumerated().map { i, row in
            let line = String(repeating: dash, count: column - names[i].count + 1)
            let arrow =
                row.isToRight
                ? "\(dash) \(names[i]) \(line)\(style.hasUnicode ? "▶" : ">")"
                : "\(style.hasUnicode ? "◀" : "<")\(dash) \(names[i]) \(line)"
            let who = "\(Style.pad(lefts[i], left)) \(arrow) \(Style.pad(rights[i], right))"
            let link = row.link.isEmpty ? "" : "  \(style.safe(row.link))"
            return "\(who)  +\(row.at)\(link)\(row.mark.isEmpty ? "" : "  " + row.mark)"
        }
    }
}
