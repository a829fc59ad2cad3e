internal import Scenario
internal import Text

/// A writer of plots, one below the other, as one self-contained SVG file for dark and light screens.
public struct PlotSVG {
    private static let width = 860.0
    private static let margin = 20.0
    /// The position of the y axis. `height` is the height of a plot.
    private static let left = 92.0
    private static let height = 300.0
    private static let line = 19.0
    /// The colours of the series, by their names in the theme.
    private static let colours = ["sent", "doubt", "good", "got", "bad", "sixth", "seventh"]

    private var out = ""
    private var y = 0.0

    /// Returns the file.
    public static func bytes(_ title: String, _ about: String, _ plots: [Plot]) -> [UInt8] {
        var svg = PlotSVG()
        svg.y = margin + 18
        svg.words(margin, svg.y, as: "title", title)
        svg.y += line + 2
        svg.words(margin, svg.y, as: "quiet", about)
        svg.y += 14
        for p in plots { svg.draw(p) }
        svg.y += margin
        return Array(SVGText.document(title, width: width, height: svg.y, style: style, svg.out).utf8)
    }
    private static let style = """
        .title { font-size: 17px; font-weight: bold; } .head { font-size: 14px; font-weight: bold; }
        .quiet { fill: var(--quiet); }
        .grid { stroke: var(--line); stroke-width: 1; opacity: 0.6; } .axis { fill: none; stroke: var(--quiet); stroke-width: 1.2; }
        .tick { fill: var(--quiet); font-size: 12px; } .end { text-anchor: end; } .mid { text-anchor: middle; }
        .curve { fill: none; stroke: currentColor; stroke-width: 2.2; stroke-linejoin: round; }
        .dashed { stroke-dasharray: 7 5; stroke-width: 1.8; }
        .dot { fill: var(--paper); stroke: currentColor; stroke-width: 2.2; }
        .sent { color: var(--sent); } .got { color: var(--got); } .good { color: var(--good); }
        .doubt { color: var(--doubt); } .bad { color: var(--bad); } .sixth { color: #0b7285; } .seventh { color: #a61e6d; }
        @media (prefers-color-scheme: dark) { .sixth { color: #3bc9db; } .seventh { color: #faa2c1; } }

        """
    private static func n(_ x: Double) -> String { SVGText.n(x) }
    private mutating func words(_ x: Double, _ y: Double, as kind: String, _ s: String) {
        out += SVGText.words(x, y, as: kind, s)
    }

    private mutating func draw(_ p: Plot) {
        y += 30
        words(Self.margin, y, as: "head", p.title)
        legend(p)
        // The label is above the y axis, so that it can be read horizontally.
        y += Self.line + 4
        words(Self.margin, y, as: "tick", p.y.label)
        y += 12
        let (top, bottom) = (y, y + Self.height)
        let right = Self.width - Self.margin - 14
        let xs = PlotScale(p.x, p.series.flatMap { $0.points.map(\.x) })
        let ys = PlotScale(p.y, p.series.flatMap { $0.points.map(\.y) })
        for t in ys.ticks {
            guard let at = ys.place(t) else { continue }
            let h = bottom - at * (bottom - top)
            out += "<path class=\"grid\" d=\"M\(Self.n(Self.left)) \(Self.n(h))H\(Self.n(right))\"/>\n"
            words(Self.left - 8, h + 4, as: "tick end", ys.text(t))
        }
        for t in xs.ticks {
            guard let at = xs.place(t) else { continue }
            let w = Self.left + at * (right - Self.left)
            out += "<path class=\"grid\" d=\"M\(Self.n(w)) \(Self.n(top))V\(Self.n(bottom))\"/>\n"
            words(w, bottom + 17, as: "tick mid", xs.text(t))
        }
        out += "<path class=\"axis\" d=\"M\(Self.n(Self.left)) \(Self.n(top))V\(Self.n(bottom))H\(Self.n(right))\"/>\n"
        for s in p.series {
            let points = s.points.compactMap { point -> (x: Double, y: Double)? in
                guard let x = xs.place(point.x), let y = ys.place(point.y) else { return nil }
                return (Self.left + x * (right - Self.left), bottom - y * (bottom - top))
            }
            curve(s, points)
        }
        y = bottom + 36
        words((Self.left + right) / 2, y, as: "quiet mid", p.x.label)
        for note in p.notes {
            y += Self.line
            words(Self.left, y, as: "", note)
        }
    }
    private mutating func curve(_ s: Plot.Series, _ points: [(x: Double, y: Double)]) {
        guard let first = points.first else { return }
        out += "<g class=\"\(Self.colour(s))\"><title>\(XMLText.escape(s.name))</title>"
        if s.style == .dots {
            for p in points { out += "<circle class=\"dot\" cx=\"\(Self.n(p.x))\" cy=\"\(Self.n(p.y))\" r=\"4.5\"/>" }
        } else {
            var path = "M\(Self.n(first.x)) \(Self.n(first.y))"
            for p in points.dropFirst() {
                path += s.style == .steps ? "H\(Self.n(p.x))V\(Self.n(p.y))" : "L\(Self.n(p.x)) \(Self.n(p.y))"
            }
            out += "<path class=\"curve\(s.style == .dashed ? " dashed" : "")\" d=\"\(path)\"/>"
        }
        out += "</g>\n"
    }
    private static func colour(_ s: Plot.Series) -> String { colours[abs(s.colour % colours.count)] }
    private mutating func legend(_ p: Plot) {
        var x = Self.margin
        y += Self.line + 3
        for s in p.series where !s.name.isEmpty {
            let shown = Style(hasColour: false).cut(Printable.text(s.name), 60)
            let width = Double(shown.count) * SVGText.letter + 52
            if x + width > Self.width - Self.margin, x > Self.margin {
                x = Self.margin
                y += Self.line
            }
            let mid = y - 4
            out += "<g class=\"\(Self.colour(s))\">"
            if s.style == .dots {
                out += "<circle class=\"dot\" cx=\"\(Self.n(x + 12))\" cy=\"\(Self.n(mid))\" r=\"4.5\"/>"
            } else {
                let kind = s.style == .dashed ? "curve dashed" : "curve"
                out += "<path class=\"\(kind)\" d=\"M\(Self.n(x)) \(Self.n(mid))h24\"/>"
            }
            out += "</g>"
            words(x + 31, y, as: "", shown)
            x += width
        }
    }
}
