internal import Scenario

/// The drawing primitives of ladder pictures: columns of actors, arrows between them, and text beside them. The result
/// is one self-contained SVG file for dark and light screens.
package struct LadderCanvas {
    /// The maximum number of actors with a column. Further actors share the last column.
    static let maximumColumns = 24
    /// The height of a line. `gutter` is the position of the first column, and `margin` the space around the picture.
    package static let line = 18.0
    package static let gutter = 190.0
    package static let margin = 16.0

    private var actors: [String] = []
    private let spacing: Double
    private let width: Double
    /// The vertical position of the next element.
    package var y = 0.0
    private var out = ""

    /// Makes a column for each distinct name, in order. `longestLabel` is the maximum number of letters of a label.
    package init(_ names: [String], longestLabel: Int) {
        for name in names where actors.count <= Self.maximumColumns && !actors.contains(name) { actors.append(name) }
        if actors.count > Self.maximumColumns { actors = actors.prefix(Self.maximumColumns - 1) + ["others"] }
        spacing = min(460, max(260, Double(longestLabel) * SVGText.letter + 90))
        width = max(920, Self.gutter + spacing * Double(max(1, actors.count) - 1) + 130)
    }
    private func column(_ actor: String) -> Double {
        Self.gutter + 60 + spacing * Double(actors.firstIndex(of: actor) ?? max(0, actors.count - 1))
    }
    /// Returns the file. The lines of the actors reach from `top` to `bottom`.
    package func document(_ title: String, from top: Double, to bottom: Double) -> String {
        let lines = actors.map { a in
            "<line class=\"life\" x1=\"\(n(column(a)))\" y1=\"\(n(top + 30))\" x2=\"\(n(column(a)))\" y2=\"\(n(bottom))\"/>\n"
        }.joined()
        return SVGText.document(title, width: width, height: y, style: Self.style, lines + out)
    }
    private static let style = """
        .life { stroke: var(--line); stroke-width: 2; }
        .actor rect { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5; } .actor text { font-weight: bold; }
        .label { paint-order: stroke; stroke: var(--paper); stroke-width: 5px; stroke-linejoin: round; }
        .arrow { stroke: currentColor; fill: none; stroke-width: 1.8; } .tip { fill: currentColor; }
        .sent { color: var(--sent); } .got { color: var(--got); }
        .quiet, .quiet text { color: var(--quiet); fill: var(--quiet); }
        .bad { color: var(--bad); fill: var(--bad); } .bad .label { fill: var(--bad); font-weight: bold; }
        .doubt { color: var(--doubt); fill: var(--doubt); } .doubt .label { fill: var(--doubt); font-weight: bold; }
        .good { color: var(--good); fill: var(--good); }
        .title { font-size: 17px; font-weight: bold; } .strong { font-weight: bold; }
        .badge rect { fill: none; stroke: var(--quiet); } .badge text { font-size: 12px; }
        .ends { stroke-dasharray: 5 4; }

        """
    private func n(_ x: Double) -> String { SVGText.n(x) }
    /// Draws text at a position, cut at the edge of the picture.
    package mutating func words(_ x: Double, _ y: Double, as kind: String, _ s: String) {
        let letters = max(8, Int((width - x - Self.margin) / SVGText.letter))
        let shown = Style(hasColour: false).cut(Printable.text(s), letters)
        out += SVGText.words(x, y, as: kind, shown)
    }
    /// Draws text in several lines, at most `most`.
    package mutating func paragraph(_ x: Double, _ kind: String, _ s: String, most: Int) {
        let letters = max(20, Int((width - x - Self.margin) / SVGText.letter))
        var rest = Substring(Printable.text(s))
        for i in 0..<most where !rest.isEmpty {
            let isLast = i == most - 1
            var line = rest.prefix(isLast ? letters + 1 : letters)
            if !isLast, line.count < rest.count, let blank = line.lastIndex(of: " "), blank > line.startIndex {
                line = line[..<blank]
            }
            rest = rest.dropFirst(line.count).drop { $0 == " " }
            y += Self.line
            words(x, y, as: kind, String(line))
        }
    }
    /// Draws the heads of the columns.
    package mutating func names() {
        guard !actors.isEmpty else { return }
        for a in actors {
            let shown = Style(hasColour: false).cut(Printable.text(a), 24)
            let w = max(70, Double(shown.count) * SVGText.letter + 24)
            let x = column(a)
            out += "<g class=\"actor\"><rect x=\"\(n(x - w / 2))\" y=\"\(n(y))\" width=\"\(n(w))\" height=\"28\""
            out += " rx=\"5\"/>"
            out += "<text x=\"\(n(x))\" y=\"\(n(y + 19))\" text-anchor=\"middle\">\(XMLText.escape(shown))</text></g>\n"
        }
        y += 34
    }
    /// Draws a few letters in a frame, left of the columns.
    package mutating func badge(_ shown: String) {
        let w = Double(shown.count) * SVGText.letter + 12
        out += "<g class=\"badge\"><rect x=\"\(n(124))\" y=\"\(n(y - 9))\" width=\"\(n(w))\" height=\"18\" rx=\"9\"/>"
        out += "<text x=\"\(n(124 + w / 2))\" y=\"\(n(y + 4))\" text-anchor=\"middle\">\(shown)</text></g>\n"
    }
    /// Draws an arrow with a label above it. The lines of `about` are its tooltip.
    package mutating func arrow(
        from sender: String, to receiver: String, _ kind: String, _ label: String, about: [String] = [],
        isDashed: Bool = false
    ) {
        let (from, to) = (column(sender), column(receiver))
        // Both actors have the same name, or both have no column of their own.
        let end = from == to ? from + 60 : to
        let side = end > from ? 1.0 : -1.0
        let line = isDashed ? "arrow ends" : "arrow"
        let title = about.map { XMLText.escape($0) }.joined(separator: "\n")
        out += "<g class=\"\(kind)\">" + (title.isEmpty ? "" : "<title>\(title)</title>")
        out += "<line class=\"\(line)\" x1=\"\(n(from))\" y1=\"\(n(y))\" x2=\"\(n(end - side * 8))\" y2=\"\(n(y))\"/>"
        out += "<path class=\"tip\" d=\"M\(n(end)) \(n(y))l\(n(-side * 11)) -5.5v11z\"/>"
        out += "<text class=\"label\" x=\"\(n((from + end) / 2))\" y=\"\(n(y - 8))\" text-anchor=\"middle\">"
        out += "\(XMLText.escape(label))</text></g>\n"
    }
}
