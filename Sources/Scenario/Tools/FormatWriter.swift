/// A writer of a tree in the canonical form. Comments are a queue in the order of the file. Each line takes the
/// comments that belong to it, so that no comment is lost.
struct FormatWriter {
    /// The number of columns that a map or list in braces can fill before it is split into lines.
    static let width = 120
    private let lines: [[Unicode.Scalar]]
    private let comments: [Comment]
    private var nextComment = 0
    private(set) var out: [String] = []
    /// The source line of the last text written.
    private var lastLine = 0

    init(_ lines: [[Unicode.Scalar]], _ comments: [Comment]) {
        self.lines = lines
        self.comments = comments
    }
    private static func pad(_ n: Int) -> String { String(repeating: " ", count: n) }

    mutating func document(_ root: YAMLNode) {
        if isInLines(root, 0) {
            block(root, 0, "")
        } else {
            before(root.span.start, 0)
            finish(inline(root, inFlow: false, room: .max) ?? "", root.span)
        }
        while nextComment < comments.count { ownLine(0) }
    }

    // Lines

    /// Writes the comments and the blank line that precede the node at a position.
    private mutating func before(_ place: Position, _ indent: Int) {
        while nextComment < comments.count, comments[nextComment].place < place { ownLine(indent) }
        blank(before: place.line)
        lastLine = max(lastLine, place.line)
    }
    private mutating func ownLine(_ indent: Int) {
        let c = comments[nextComment]
        nextComment += 1
        blank(before: c.place.line)
        out.append(Self.pad(indent) + c.text)
        lastLine = max(lastLine, c.place.line)
    }
    /// Writes one blank line if the source has any between the last text written and this line.
    private mutating func blank(before line: Int) {
        guard let last = out.last, !last.isEmpty, lastLine + 1 < line else { return }
        for i in lastLine..<min(line - 1, lines.count) where lines[i].allSatisfy({ $0 == " " || $0 == "\t" }) {
            out.append("")
            return
        }
    }
    /// Ends a line with the comment that belongs to it. `limit` is the position of the next node on the same line.
    private mutating func finish(_ text: String, _ span: Span, limit: Position? = nil) {
        var mine: [Comment] = []
        while nextComment < comments.count {
            let c = comments[nextComment]
            let isBehind = c.place.line == span.end.line && (limit.map { c.place < $0 } ?? true)
            guard c.place < span.end || isBehind else { break }
            mine.append(c)
            nextComment += 1
        }
        out.append(text + (mine.first.map { "  " + $0.text } ?? ""))
        // If there is more than one comment, the others were between a key and its value.
        let indent = Self.pad(text.prefix { $0 == " " || $0 == "-" }.count)
        for c in mine.dropFirst() { out.append(indent + c.text) }
        lastLine = max(lastLine, span.end.line)
    }

    // Blocks

    /// Writes the content of a map or list, one item per line. `lead` is the beginning of the first line.
    private mutating func block(_ node: YAMLNode, _ indent: Int, _ lead: String) {
        let column = node.span.start.column
        switch node.content {
        case .mapping(let members):
            for (i, m) in members.enumerated() {
                let begin = i == 0 ? lead : Self.pad(indent)
                if i > 0 || !lead.contains("-") { before(m.keySpan.start, indent) }
                let limit = node.isFlow && i + 1 < members.count ? members[i + 1].keySpan.start : nil
                let key = inline(m.keyNode, inFlow: false, isKey: true, room: .max) ?? ""
                value(
                    m.value, after: begin + key + ":", key: m.keySpan, indent: indent, column: column, limit: limit)
            }
        case .sequence(let items):
            for (i, item) in items.enumerated() {
                let begin = i == 0 ? lead : Self.pad(indent)
                if i > 0 || !lead.contains("-") { before(item.span.start, indent) }
                let limit = node.isFlow && i + 1 < items.count ? items[i + 1].span.start : nil
                if isInLines(item, begin.count + 2) {
                    block(item, indent + 2, begin + "- ")
                } else {
                    value(
                        item, after: begin + "-", key: Span(item.span.start, item.span.start), indent: indent,
                        column: column, limit: limit)
                }
            }
        case .scalar: break
        }
        // Comments at the end belong to this block if they are indented at least as far as its items.
        while nextComment < comments.count, comments[nextComment].place < node.span.end,
            node.isFlow || comments[nextComment].place.column >= column
        {
            ownLine(indent)
        }
    }
    /// Writes a value after its key or dash.
    private mutating func value(
        _ v: YAMLNode, after begin: String, key: Span, indent: Int, column: Int, limit: Position?
    ) {
        if isInLines(v, begin.count + 1) {
            // A comment after braces on one line belongs to the key. A comment inside the braces stays inside.
            let isOneLine = v.isFlow && v.span.start.line == v.span.end.line
            finish(begin, key, limit: isOneLine ? limit : v.firstInside)
            block(v, indent + 2, Self.pad(indent + 2))
        } else if v.style == .block {
            blockScalar(v, after: begin, indent: indent, column: column)
        } else if let raw = rawLines(v) {
            for (i, line) in raw.enumerated() {
                let text = i == 0 ? begin + " " + line : line.isEmpty ? "" : Self.pad(indent + 2) + line
                if i + 1 < raw.count { out.append(text) } else { finish(text, v.span, limit: limit) }
            }
        } else {
            let text = inline(v, inFlow: false, room: .max) ?? ""
            finish(text.isEmpty ? begin : begin + " " + text, Span(key.start, v.span.end), limit: limit)
        }
    }
    /// Writes a block scalar (`|` or `>`): its lines with another indentation.
    private mutating func blockScalar(_ v: YAMLNode, after begin: String, indent: Int, column: Int) {
        let first = v.span.start.line
        let head = lines.indices.contains(first - 1) ? lines[first - 1].dropFirst(v.span.start.column - 1) : []
        var sign = ""
        var digit = 0
        for c in head.drop(while: { $0 != "|" && $0 != ">" }) {
            if let n = Int(String(c)) {
                digit = n
                sign += "2"
            } else if "|>+-".unicodeScalars.contains(c) {
                sign.unicodeScalars.append(c)
            } else {
                break
            }
        }
        finish(begin + " " + sign, Span(v.span.start, Position(line: first, column: v.span.start.column + 1)))
        var end = min(lines.count, v.span.end.column > 1 ? v.span.end.line : v.span.end.line - 1)
        func isBlank(_ l: [Unicode.Scalar]) -> Bool { l.allSatisfy { $0 == " " } }
        if !sign.contains("+") { while end > first, isBlank(lines[end - 1]) { end -= 1 } }
        let content = first < end ? lines[first..<end] : []
        let old =
            digit > 0 ? column - 1 + digit : content.first { !isBlank($0) }.map { $0.prefix { $0 == " " }.count } ?? 0
        for line in content {
            let text = String.UnicodeScalarView(line.dropFirst(min(old, line.prefix { $0 == " " }.count)))
            out.append(text.isEmpty ? "" : Self.pad(indent + 2) + String(text))
        }
        lastLine = max(lastLine, end)
    }
    /// Returns the lines of a scalar that its author broke into lines; nil for a scalar on one line.
    private func rawLines(_ v: YAMLNode) -> [String]? {
        guard !v.isCollection, v.span.start.line < v.span.end.line,
            v.span.end.line <= lines.count
        else { return nil }
        return (v.span.start.line...v.span.end.line).map { number in
            var line = lines[number - 1][...]
            if number == v.span.end.line { line = line.prefix(v.span.end.column - 1) }
            if number == v.span.start.line { line = line.dropFirst(v.span.start.column - 1) }
            line = line.drop { $0 == " " || $0 == "\t" }
            if v.style == .plain { while let c = line.last, c == " " || c == "\t" { line.removeLast() } }
            return String(String.UnicodeScalarView(line))
        }
    }

    // On one line

    /// Returns whether the content of a node gets lines of its own if the node begins in this column.
    private func isInLines(_ v: YAMLNode, _ column: Int) -> Bool {
        guard v.firstInside != nil else { return false }
        return !v.isFlow || hasComments(v.span) || inline(v, inFlow: false, room: Self.width - column) == nil
    }
    private func hasComments(_ span: Span) -> Bool {
        var low = nextComment
        var high = comments.count
        while low < high {
            let middle = (low + high) / 2
            if comments[middle].place < span.start { low = middle + 1 } else { high = middle }
        }
        return low < comments.count && comments[low].place < span.end
    }
    /// Returns a node in one line; nil if it takes more than `room` columns.
    private func inline(_ v: YAMLNode, inFlow: Bool, isKey: Bool = false, room: Int) -> String? {
        var text = ""
        /// Adds a piece; returns false if there is no room.
        func add(_ piece: String?) -> Bool {
            guard let piece, text.unicodeScalars.count + piece.unicodeScalars.count <= room else { return false }
            text += piece
            return true
        }
        func rest() -> Int { room == .max ? .max : room - text.unicodeScalars.count }
        switch v.content {
        case .scalar(let s, _):
            // A character has at most four bytes. This check rejects texts that cannot fit without reading them.
            guard s.utf8.count / 4 <= room,
                add(ScalarStyle.written(s, isPlain: v.style == .plain && !(isKey && s.isEmpty), inFlow: inFlow))
            else { return nil }
        case .sequence(let items):
            guard add("[") else { return nil }
            for (i, item) in items.enumerated() {
                guard i == 0 || add(", "), add(inline(item, inFlow: true, room: rest())) else { return nil }
            }
            guard add("]") else { return nil }
        case .mapping(let members):
            guard add("{") else { return nil }
            for (i, m) in members.enumerated() {
                guard i == 0 || add(", "), add(inline(m.keyNode, inFlow: true, isKey: true, room: rest())), add(": "),
                    add(inline(m.value, inFlow: true, room: rest()))
                else { return nil }
            }
            guard add("}") else { return nil }
        }
        return text
    }
}
