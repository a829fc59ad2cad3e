internal import Node
internal import Scenario
internal import Wire

/// A case as a ladder diagram: who sent what to whom, from top to bottom, and what each step came to. One SVG file that
/// needs nothing else, for dark and light screens. A long case has its beginning, its end and what is around the failure.
struct LadderSVG {
    /// Actors that have columns of their own; further ones share the last.
    static let maximumColumns = 24
    /// Steps in the list below.
    static let maximumSteps = 200
    /// Width of a letter, height of a line, where the first column is, and half of what is around everything.
    private static let letter = 7.9
    private static let line = 18.0
    private static let gutter = 190.0
    private static let margin = 16.0

    private let result: CaseResult
    private let text: StepText
    private let rows: [LadderRow]
    private var actors: [String] = []
    private var spacing = 0.0
    private var width = 0.0
    private var y = 0.0
    private var out = ""

    static func bytes(_ r: CaseResult) -> [UInt8] {
        var svg = LadderSVG(r)
        return Array(svg.draw().utf8)
    }
    private init(_ r: CaseResult) {
        result = r
        text = StepText(r)
        rows = LadderRow.all(r)
        for e in r.trace {
            for name in [e.ours, e.theirs] where !actors.contains(name) && actors.count <= Self.maximumColumns {
                actors.append(name)
            }
        }
        if actors.count > Self.maximumColumns { actors = actors.prefix(Self.maximumColumns - 1) + ["others"] }
        let labels = rows.map { if case .entry(let i, _) = $0 { Self.label(r.trace[i]).count } else { 0 } }
        spacing = min(460, max(260, Double(labels.max() ?? 0) * Self.letter + 90))
        width = max(920, Self.gutter + spacing * Double(max(1, actors.count) - 1) + 130)
    }
    private func column(_ actor: String) -> Double {
        Self.gutter + 60 + spacing * Double(actors.firstIndex(of: actor) ?? max(0, actors.count - 1))
    }
    private static func label(_ e: TraceEntry) -> String {
        let link = e.link.isEmpty ? "" : e.link + ": "
        return Style(hasColour: false).cut(Printable.text(link + Ladder.short(CaseRecord.Exchange(e))), 48)
    }

    private mutating func draw() -> String {
        head()
        let top = y
        if !actors.isEmpty { names() }
        for row in rows {
            switch row {
            case .entry(let i, let steps): entry(i, steps)
            case .step(let i, let times): step(i, times)
            case .gap(let n):
                y += 26
                words(Self.gutter, y, "quiet", "… \(n) more, see trace.ndjson …")
            }
        }
        y += 20
        let bottom = y
        list()
        y += Self.margin
        let lines = actors.map { a in
            "<line class=\"life\" x1=\"\(n(column(a)))\" y1=\"\(n(top + 30))\" x2=\"\(n(column(a)))\" y2=\"\(n(bottom))\"/>\n"
        }.joined()
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(n(width))" height="\(n(y))" \
            viewBox="0 0 \(n(width)) \(n(y))" role="img">
            <title>\(XMLText.escape("\(result.name): \(result.verdict.rawValue)"))</title>
            <style>\(Self.style)</style>
            <rect class="paper" width="100%" height="100%"/>
            \(lines)\(out)</svg>

            """
    }
    private static let style = """

        svg { --paper: #ffffff; --ink: #1c2128; --quiet: #656d76; --line: #c9d1d9; --sent: #0550ae; --got: #6639ba;
          --bad: #c01c28; --doubt: #8a5a00; --good: #116329;
          font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; color-scheme: light dark; }
        @media (prefers-color-scheme: dark) {
          svg { --paper: #0d1117; --ink: #e6edf3; --quiet: #9198a1; --line: #3d444d; --sent: #79c0ff; --got: #d2a8ff;
            --bad: #ff7b72; --doubt: #e3b341; --good: #56d364; } }
        .paper { fill: var(--paper); } text { fill: var(--ink); white-space: pre; }
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
    private func n(_ x: Double) -> String {
        let tenths = Int((x * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }
    /// Text at a place, cut where the picture ends.
    private mutating func words(_ x: Double, _ y: Double, _ kind: String, _ s: String) {
        let room = max(8, Int((width - x - Self.margin) / Self.letter))
        let shown = Style(hasColour: false).cut(Printable.text(s), room)
        out += "<text class=\"\(kind)\" x=\"\(n(x))\" y=\"\(n(y))\">\(XMLText.escape(shown))</text>\n"
    }
    /// Text in as many lines as it takes, up to `most`.
    private mutating func paragraph(_ x: Double, _ kind: String, _ s: String, most: Int) {
        let room = max(20, Int((width - x - Self.margin) / Self.letter))
        var rest = Substring(Printable.text(s))
        for i in 0..<most where !rest.isEmpty {
            let isLast = i == most - 1
            var line = rest.prefix(isLast ? room + 1 : room)
            if !isLast, line.count < rest.count, let blank = line.lastIndex(of: " "), blank > line.startIndex {
                line = line[..<blank]
            }
            rest = rest.dropFirst(line.count).drop { $0 == " " }
            y += Self.line
            words(x, y, kind, String(line))
        }
    }
    private static func kind(_ v: Verdict) -> String {
        switch v {
        case .fail, .error: "bad"
        case .warn, .inconc: "doubt"
        case .pass: "good"
        case .none, .skip, .notRun: "quiet"
        }
    }
    private mutating func head() {
        y = Self.margin + 16
        let kind = Self.kind(result.verdict)
        words(Self.margin, y, "title", result.name)
        paragraph(Self.margin, "quiet", result.scenario.title, most: 2)
        y += 4
        let rule = "\(result.verdict.rawValue.uppercased())  \(result.requirement) \(result.level.rawValue)"
        paragraph(Self.margin, "strong \(kind)", rule, most: 1)
        if let reason = result.problem?.reason ?? result.reason { paragraph(Self.margin, kind, reason, most: 4) }
        paragraph(
            Self.margin, "quiet", "seed 0x\(String(result.seed, radix: 16))  \(result.scenario.source.name)", most: 1)
        y += 20
    }
    private mutating func names() {
        for a in actors {
            let shown = Style(hasColour: false).cut(Printable.text(a), 24)
            let w = max(70, Double(shown.count) * Self.letter + 24)
            let x = column(a)
            out += "<g class=\"actor\"><rect x=\"\(n(x - w / 2))\" y=\"\(n(y))\" width=\"\(n(w))\" height=\"28\""
            out += " rx=\"5\"/>"
            out += "<text x=\"\(n(x))\" y=\"\(n(y + 19))\" text-anchor=\"middle\">\(XMLText.escape(shown))</text></g>\n"
        }
        y += 34
    }
    /// When it was, and the numbers of the steps that it belongs to.
    private mutating func margin(_ at: Duration, _ numbers: [Int]) {
        words(Self.margin, y + 4, "quiet", "+" + Ladder.seconds(at))
        guard let first = numbers.first else { return }
        let shown = "\(first)" + (numbers.count > 1 ? "…" : "")
        let w = Double(shown.count) * Self.letter + 12
        out += "<g class=\"badge\"><rect x=\"\(n(124))\" y=\"\(n(y - 9))\" width=\"\(n(w))\" height=\"18\" rx=\"9\"/>"
        out += "<text x=\"\(n(124 + w / 2))\" y=\"\(n(y + 4))\" text-anchor=\"middle\">\(shown)</text></g>\n"
    }
    private mutating func entry(_ i: Int, _ steps: [Int]) {
        let e = result.trace[i]
        y += 40
        var numbers: [Int] = []
        for number in steps.map({ result.steps[$0].number }) + (e.step.map { [$0] } ?? [])
        where !numbers.contains(number) {
            numbers.append(number)
        }
        margin(e.at, numbers)
        let (from, to) = e.direction == .sent ? (column(e.ours), column(e.theirs)) : (column(e.theirs), column(e.ours))
        // Two actors of one name, or two of those without a column.
        let end = from == to ? from + 60 : to
        let side = end > from ? 1.0 : -1.0
        var kind = e.direction == .sent ? "sent" : "got"
        if e.isCulprit { kind = Self.kind(result.verdict) }
        var line = "arrow"
        switch e.content {
        case .opened, .closed: line += " ends"
        case .message, .bytes: break
        }
        let about = steps.map { XMLText.escape(text.line(result.steps[$0])) }.joined(separator: "\n")
        out += "<g class=\"\(kind)\">" + (about.isEmpty ? "" : "<title>\(about)</title>")
        out += "<line class=\"\(line)\" x1=\"\(n(from))\" y1=\"\(n(y))\" x2=\"\(n(end - side * 8))\" y2=\"\(n(y))\"/>"
        out += "<path class=\"tip\" d=\"M\(n(end)) \(n(y))l\(n(-side * 11)) -5.5v11z\"/>"
        out += "<text class=\"label\" x=\"\(n((from + end) / 2))\" y=\"\(n(y - 8))\" text-anchor=\"middle\">"
        out += "\(XMLText.escape(Self.label(e)))</text></g>\n"
        if e.isCulprit {
            y += 4
            let reason = "\(result.requirement): \(result.problem?.reason ?? "")"
            paragraph(Self.gutter, "label strong \(kind)", "\(Self.mark(result.verdict)) \(reason)", most: 4)
        }
    }
    private mutating func step(_ i: Int, _ times: Int) {
        let o = result.steps[i]
        y += 26
        margin(o.ended, [o.number])
        let isBad = o.state == .failed
        let kind = isBad ? "label strong " + Self.kind(o.verdict) : "label quiet"
        let line = text.line(o) + (times > 1 ? ", \(times) times" : "")
        if isBad {
            y -= Self.line - 4
            paragraph(Self.gutter, kind, "\(Self.mark(o.verdict)) \(line)", most: 4)
        } else {
            words(Self.gutter, y + 4, kind, line)
        }
    }
    private static func mark(_ v: Verdict) -> String { v.symbol(Style(hasColour: false)) }

    /// The steps with what they came to, the worst where there are several rounds.
    private mutating func list() {
        guard !text.plan.isEmpty, !result.steps.isEmpty else { return }
        var told: [Int: StepOutcome] = [:]
        for o in result.steps {
            if let other = told[o.number], other.verdict >= o.verdict { continue }
            told[o.number] = o
        }
        y += 24
        words(Self.margin, y, "strong", "Steps")
        y += 4
        for s in text.plan.prefix(Self.maximumSteps) {
            y += Self.line + 2
            let o = told[s.number]
            let isBad = o.map { $0.verdict > .pass } ?? false
            let kind = o.map { isBad ? "strong " + Self.kind($0.verdict) : $0.state == .held ? "" : "quiet" } ?? "quiet"
            let mark = o.map { isBad ? Self.mark($0.verdict) : $0.state == .held ? "✓" : "-" } ?? " "
            let proves = s.requirement.map { "   proves \($0)" } ?? ""
            let place = "\(s.file.map { $0 + ":" } ?? "")\(s.line)"
            words(
                Self.margin, y, kind,
                "\(mark) \(Style.padLeft("\(s.number)", 3))  \(Style.pad("line " + place, 9))  "
                    + String(repeating: "  ", count: s.depth) + s.text + proves)
        }
        if text.plan.count > Self.maximumSteps {
            y += Self.line + 2
            words(Self.margin, y, "quiet", "… \(text.plan.count - Self.maximumSteps) more")
        }
    }
}
