internal import Capture
internal import Text

/// Overlays that cover the panes while they are open.
extension ScreenPainter {
    static let filterLabel = "Filter: "

    /// Paints the edited line, and below it the error and its position.
    func paintInput(_ input: FilterInput, _ screen: inout Screen, _ columns: Int) {
        let label = Self.filterLabel
        /// The shown text of each character. `starts` has the column of each character on an infinitely wide screen.
        let texts = input.scalars.map { style.safe(String($0)) }
        var starts = [0]
        for text in texts { starts.append(starts[starts.count - 1] + ScreenLine.columns(of: text)) }
        func start(_ place: Int) -> Int { starts[min(max(0, place), texts.count)] }
        // Characters are scrolled out to the left so that the cursor is visible.
        let room = columns - label.count - 1
        let hidden = starts.firstIndex { start(input.cursor) - $0 <= room } ?? input.cursor
        let left = start(hidden)
        var line = ScreenLine(columns)
        line.put(label, .of(.strong))
        for text in texts.dropFirst(hidden).prefix(columns) { line.put(text) }
        screen.lines[1] = line
        screen.cursor = .init(row: 1, column: min(columns - 1, label.count + start(input.cursor) - left))
        guard let error = input.error else { return }
        let first = min(columns - 1, label.count + max(0, start(error.range.lowerBound) - left))
        let end = max(first + 1, label.count + start(error.range.upperBound) - left)
        var carets = ScreenLine(columns)
        carets.pad(to: first)
        carets.put(String(repeating: "^", count: min(end, columns) - first), .of(.bad))
        var lines = [carets]
        let message = Style(hasColour: false, hasUnicode: style.hasUnicode, width: columns)
        for text in message.wrap(style.safe(error.message), "", columns - 1).prefix(4) {
            var line = ScreenLine(columns)
            line.put(text, .of(.bad))
            lines.append(line)
        }
        for (i, line) in lines.enumerated() where 2 + i < screen.lines.count - 1 { screen.lines[2 + i] = line }
    }
    /// Paints the choices below the filter. If there is not enough room, it paints the ones around the marked choice.
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
