internal import Capture

/// What stands over the panes while it is open.
extension ScreenPainter {
    static let filterLabel = "Filter: "

    /// The line that is edited; below it what is wrong, and where.
    func paintInput(_ input: FilterInput, _ screen: inout Screen, _ columns: Int) {
        let label = Self.filterLabel
        /// Columns of the first characters, as they are shown.
        func width(_ count: Int) -> Int {
            ScreenLine.columns(of: style.safe(String(String.UnicodeScalarView(input.scalars.prefix(count)))))
        }
        // What is left of the screen, so that the cursor is on it.
        let room = columns - label.count - 1
        var hidden = 0
        while width(input.cursor) - width(hidden) > room { hidden += 1 }
        let left = width(hidden)
        var line = ScreenLine(columns)
        line.put(label, .of(.strong))
        line.put(style.safe(String(String.UnicodeScalarView(input.scalars.dropFirst(hidden)))))
        screen.lines[1] = line
        screen.cursor = .init(row: 1, column: min(columns - 1, label.count + width(input.cursor) - left))
        guard let error = input.error else { return }
        let start = label.count + max(0, width(error.range.lowerBound) - left)
        let end = max(start + 1, label.count + width(error.range.upperBound) - left)
        var carets = ScreenLine(columns)
        carets.pad(to: min(start, columns - 1))
        carets.put(String(repeating: "^", count: min(end, columns) - min(start, columns - 1)), .of(.bad))
        var lines = [carets]
        let message = Style(hasColour: false, hasUnicode: style.hasUnicode, width: columns)
        for text in message.wrap(style.safe(error.message), "", columns - 1).prefix(4) {
            var line = ScreenLine(columns)
            line.put(text, .of(.bad))
            lines.append(line)
        }
        for (i, line) in lines.enumerated() where 2 + i < screen.lines.count - 1 { screen.lines[2 + i] = line }
    }
    /// Choices below the filter, as many as fit around the one that is marked.
    func paintMenu(_ menu: FollowMenu, _ screen: inout Screen, _ layout: ViewLayout) {
        let columns = layout.size.columns
        var head = ScreenLine(columns)
        head.put(" Follow: up and down, enter chooses, escape closes", .of(.strong))
        head.markAll()
        screen.lines[2] = head
        let room = layout.size.rows - 5
        let first = max(0, min(menu.marked - room / 2, menu.choices.count - room))
        let shown = menu.choices.indices.dropFirst(first).prefix(room)
        for (i, place) in shown.enumerated() {
            var line = ScreenLine(columns)
            line.put(" " + style.safe(menu.choices[place].label))
            if place == menu.marked { line.markAll() }
            screen.lines[3 + i] = line
        }
        var foot = ScreenLine(columns)
        foot.put(paddedRule(columns), .of(.quiet))
        screen.lines[3 + shown.count] = foot
    }
    private func paddedRule(_ columns: Int) -> String {
        String(repeating: style.hasUnicode ? "─" : "-", count: columns)
    }
}
