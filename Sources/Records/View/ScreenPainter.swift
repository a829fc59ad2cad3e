internal import Capture
public import Node
internal import Text
internal import Wire

/// A painter of a `ViewModel`. Its state is only a cache.
public struct ScreenPainter {
    private static let columnNames = ["No.", "Time", "Source", "Destination", "Message", "Content"]
    let style: Style
    private var content: LineRenderer

    /// Makes a painter for messages of these protocols. `hasUnicode` is true if the terminal shows more than ASCII.
    public init(_ definitions: [Definition], hasUnicode: Bool) {
        style = Style(hasColour: false, hasUnicode: hasUnicode)
        content = LineRenderer(definitions, colour: false)
    }

    /// Returns the screen for the size in the model.
    public mutating func paint(_ model: ViewModel) -> Screen {
        let layout = model.layout
        let size = layout.size
        guard layout.fits else { return tooSmall(size) }
        if model.showsHelp { return Screen(ViewHelp.lines(size, style)) }
        var lines = [title(model), filter(model), ScreenLine(size.columns)]
        // The names of the columns need the widths of the rows.
        let list = list(model, size.columns, &lines[2])
        lines += filled(list, layout.listRows, size.columns)
        let tree = filled(tree(model), layout.treeRows, layout.treeColumns)
        let treeTitle = paneTitle("Fields", layout.treeColumns, isFocused: model.pane == .tree)
        let bytesColumns = layout.isSideBySide ? ViewLayout.bytesColumns : size.columns
        let bytes = filled(bytes(model, bytesColumns), layout.bytesRows, bytesColumns)
        let bytesTitle = paneTitle(bytesTitle(model), bytesColumns, isFocused: model.pane == .bytes)
        let bytesStart: (row: Int, column: Int)
        if layout.isSideBySide {
            bytesStart = (lines.count + 1, layout.treeColumns + 1)
            for (left, right) in zip([treeTitle] + tree, [bytesTitle] + bytes) {
                var line = ScreenLine(size.columns)
                line.append(left)
                line.pad(to: layout.treeColumns)
                line.put(style.hasUnicode ? "│" : "|", .of(.quiet))
                line.append(right)
                lines.append(line)
            }
        } else {
            lines += [treeTitle] + tree
            bytesStart = (lines.count + 1, 0)
            lines += [bytesTitle] + bytes
        }
        lines.append(status(model))
        var screen = Screen(filled(lines, size.rows, size.columns))
        if let input = model.input {
            paintInput(input, &screen, size.columns)
        } else if let menu = model.menu {
            paintMenu(menu, &screen, layout)
        } else if model.pane == .bytes, let count = model.message?.bytes.count, count > 0 {
            let column = Self.hexColumn(model.byte)
            screen.cursor = .init(
                row: bytesStart.row + model.byte / 16 - model.bytesTop, column: bytesStart.column + column)
        }
        return screen
    }

    // MARK: - Lines around the panes

    private func tooSmall(_ size: ScreenSize) -> Screen {
        let least = ViewLayout.least
        let text = "too small: \(size.columns)x\(size.rows), needs \(least.columns)x\(least.rows); q quits"
        var lines: [ScreenLine] = []
        var rest = Substring(text)
        while !rest.isEmpty, size.columns > 0 {
            var line = ScreenLine(size.columns)
            line.put(rest.prefix(size.columns))
            lines.append(line)
            rest = rest.dropFirst(size.columns)
        }
        return Screen(filled(lines, size.rows, size.columns))
    }
    private func title(_ model: ViewModel) -> ScreenLine {
        var line = ScreenLine(model.layout.size.columns)
        let feed =
            switch model.feed {
            case .reading: "reading, "
            case .live: "live, "
            case .ended: ""
            }
        let counts = "\(feed)\(model.store.rows.end) messages in \(model.packets) packets "
        line.put(" meshspec view \(style.safe(model.options.title))", .plain, to: line.columns - counts.count - 1)
        line.put(right: counts, to: line.columns)
        line.markAll()
        return line
    }
    private func filter(_ model: ViewModel) -> ScreenLine {
        var line = ScreenLine(model.layout.size.columns)
        line.put(Self.filterLabel, .of(.strong))
        if let filter = model.filter {
            line.put(style.safe(filter.text))
        } else {
            line.put("none, / sets one", .of(.quiet))
        }
        return line
    }
    private func paneTitle(_ text: String, _ columns: Int, isFocused: Bool) -> ScreenLine {
        var line = ScreenLine(columns)
        line.put(" \(text) ", .of(isFocused ? .strong : .quiet))
        if isFocused { line.mark(0..<line.cells.count) }
        let rule = String(repeating: style.hasUnicode ? "─" : "-", count: columns)
        line.put(rule, .of(.quiet))
        return line
    }
    private func status(_ model: ViewModel) -> ScreenLine {
        var line = ScreenLine(model.layout.size.columns)
        let keys = " ? help  q quit "
        let end = line.columns - keys.count
        var parts: [(String, Style.Tone?)] = []
        if !model.notice.isEmpty { parts.append((style.safe(model.notice), .doubtful)) }
        if !model.trouble.isEmpty { parts.append((style.safe(model.trouble), .bad)) }
        if model.lost > 0 { parts.append(("\(model.lost) packets lost", .bad)) }
        let store = model.store
        let limit = "more than \(store.limit >> 20) MiB"
        if store.isFull { parts.append(("only the first are kept, \(limit)", .doubtful)) }
        if store.rows.start > 0 { parts.append(("\(store.rows.start) oldest dropped, \(limit)", .doubtful)) }
        let place = model.row.map { $0 - model.shown.start + 1 } ?? 0
        let all = model.filter == nil ? "" : " of \(store.rows.count)"
        parts.append(("\(place)/\(model.shown.count)\(all)", nil))
        if model.hasWork { parts.append(("filtering", .quiet)) }
        if model.anchor == .max, model.feed != .ended { parts.append(("at the end", .quiet)) }
        for (i, part) in parts.enumerated() {
            line.put(i > 0 ? "  " : " ", to: end)
            line.put(part.0, .of(part.1), to: end)
        }
        line.pad(to: end)
        line.put(keys, .of(.quiet))
        return line
    }

    // MARK: - Panes

    /// Returns the rows of the list, and sets the names of the columns.
    private mutating func list(_ model: ViewModel, _ columns: Int, _ title: inout ScreenLine) -> [ScreenLine] {
        var rows: [(texts: [String], tone: Style.Tone?)] = []
        let range = model.listTop..<min(model.listTop + model.layout.listRows, model.shown.end)
        for number in range.clamped(to: model.shown.start..<model.shown.end) {
            let kept = model.store.rows[model.shown[number]]
            let before = number > model.shown.start ? model.store.rows[model.shown[number - 1]].message.record : nil
            rows.append((texts(of: kept.message, after: before, model.options), Self.tone(of: kept)))
        }
        let limits = [10, 27, max(15, columns / 5), max(15, columns / 5), max(16, columns / 4)]
        let widths = limits.indices.map { i in
            rows.map { ScreenLine.columns(of: $0.texts[i]) }.reduce(Self.columnNames[i].count, max)
        }
        func line(_ texts: [String], _ look: ScreenLine.Look, shift: Int, mark: String = " ") -> ScreenLine {
            var line = ScreenLine(columns)
            line.put(mark, look)
            for i in limits.indices {
                let end = line.cells.count + min(widths[i], limits[i])
                if i == 0 { line.put(right: texts[i], look, to: end) } else { line.put(texts[i], look, to: end) }
                line.pad(to: end + 1, look)
            }
            line.put(String(texts[limits.count].dropFirst(shift)), look)
            return line
        }
        title = line(Self.columnNames, .of(model.pane == .list ? .strong : .quiet), shift: 0)
        if model.pane == .list { title.markAll() }
        return rows.enumerated().map { i, row in
            var line = line(row.texts, .of(row.tone), shift: model.listShift, mark: Self.mark(row.tone))
            if model.listTop + i == model.row { line.markAll() }
            return line
        }
    }
    /// Returns a text for each column.
    private mutating func texts(
        of message: CapturedMessage, after before: Record?, _ options: ViewModel.Options
    ) -> [String] {
        let record = message.record
        var clock = RecordClock(options.time)
        if let before { _ = clock.text(before) }
        var out: [UInt8] = []
        content.renderContent(record, message.bytes.span.bytes, to: &out)
        return [
            "\(record.number)", clock.text(record), options.names.text(record.source),
            options.names.text(record.destination), record.name,
            String(String(decoding: out, as: UTF8.self).trimmingPrefix(" ")),
        ].map(style.safe)
    }
    private static func tone(of kept: MessageStore.Kept) -> Style.Tone? {
        switch kept.severity {
        case .violation: .bad
        case .warning: .doubtful
        default: nil
        }
    }
    /// Returns a character with the meaning of a colour, for users who cannot see it.
    private static func mark(_ tone: Style.Tone?) -> String {
        switch tone {
        case .bad: "!"
        case .doubtful: "~"
        default: " "
        }
    }
    private func tree(_ model: ViewModel) -> [ScreenLine] {
        guard let tree = model.tree else { return [] }
        let places = (model.treeTop..<model.treeTop + model.layout.treeRows).clamped(to: 0..<tree.shown.count)
        return places.map { place in
            let row = tree.rows[tree.shown[place]]
            var line = ScreenLine(model.layout.treeColumns)
            line.put(String(repeating: "  ", count: min(row.depth, 40)))
            line.put(row.isFoldable ? mark(isFolded: model.isFolded(row)) : "  ", .of(.quiet))
            line.put(String(style.safe(row.text).dropFirst(model.treeShift)), .of(row.tone))
            if place == model.treeRow { line.markAll() }
            return line
        }
    }
    private func mark(isFolded: Bool) -> String {
        style.hasUnicode ? (isFolded ? "▸ " : "▾ ") : (isFolded ? "+ " : "- ")
    }
    private func bytesTitle(_ model: ViewModel) -> String {
        let count = model.message?.bytes.count ?? 0
        guard let marked = model.marked, !marked.isEmpty else { return "Bytes, \(count)" }
        let text = ByteRanges.text(marked)
        return "\(text.prefix(1).uppercased())\(text.dropFirst()) of \(count)"
    }
    private func bytes(_ model: ViewModel, _ columns: Int) -> [ScreenLine] {
        guard let bytes = model.message?.bytes else { return [] }
        let rows = (model.bytesTop..<model.bytesTop + model.layout.bytesRows).clamped(to: 0..<(bytes.count + 15) / 16)
        let marked = (model.marked ?? 0..<0).clamped(to: 0..<bytes.count)
        return rows.map { row in
            let start = row * 16
            let part = bytes[start..<min(start + 16, bytes.count)]
            var line = ScreenLine(columns)
            line.put(HexDump.row(start, part, marking: marked, style))
            let here = marked.clamped(to: part.indices.lowerBound..<part.endIndex)
            if !here.isEmpty {
                line.mark(Self.hexColumn(here.lowerBound)..<Self.hexColumn(here.upperBound - 1) + 2)
                let text = Self.hexColumn(start) + 49
                line.mark(text + here.lowerBound - start..<text + here.upperBound - start)
            }
            return line
        }
    }
    /// Returns the column in which `HexDump.row` shows a byte.
    private static func hexColumn(_ at: Int) -> Int {
        max(4, String(at / 16 * 16, radix: 16).count) + 2 + 3 * (at % 16)
    }

    func filled(_ lines: [ScreenLine], _ rows: Int, _ columns: Int) -> [ScreenLine] {
        let lines = lines.prefix(rows)
        return lines + Array(repeating: ScreenLine(columns), count: max(0, rows - lines.count))
    }
}
