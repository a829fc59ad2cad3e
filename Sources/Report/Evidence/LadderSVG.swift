internal import Node
internal import Scenario
internal import Wire

/// A case as a ladder diagram: who sent what to whom, from top to bottom, and what each step came to. One SVG file that
/// needs nothing else, for dark and light screens. A long case has its beginning, its end and what is around the
/// failure.
struct LadderSVG {
    /// Steps in the list below.
    static let maximumSteps = 200
    private static let line = LadderCanvas.line
    private static let gutter = LadderCanvas.gutter
    private static let margin = LadderCanvas.margin

    private let result: CaseResult
    private let text: StepText
    private let rows: [LadderRow]
    private var canvas: LadderCanvas

    static func bytes(_ r: CaseResult) -> [UInt8] {
        var svg = LadderSVG(r)
        return Array(svg.draw().utf8)
    }
    private init(_ r: CaseResult) {
        result = r
        text = StepText(r)
        rows = LadderRow.all(r)
        let labels = rows.map { if case .entry(let i, _) = $0 { Self.label(r.trace[i]).count } else { 0 } }
        canvas = LadderCanvas(r.trace.flatMap { [$0.ours, $0.theirs] }, longestLabel: labels.max() ?? 0)
    }
    private static func label(_ e: TraceEntry) -> String {
        let link = e.link.isEmpty ? "" : e.link + ": "
        return Style(hasColour: false).cut(Printable.text(link + Ladder.short(CaseRecord.Exchange(e))), 48)
    }

    private mutating func draw() -> String {
        head()
        let top = canvas.y
        canvas.names()
        for row in rows {
            switch row {
            case .entry(let i, let steps): entry(i, steps)
            case .step(let i, let times): step(i, times)
            case .gap(let n):
                canvas.y += 26
                canvas.words(Self.gutter, canvas.y, "quiet", "… \(n) more, see \(EvidenceName.trace) …")
            }
        }
        canvas.y += 20
        let bottom = canvas.y
        list()
        canvas.y += Self.margin
        return canvas.document("\(result.name): \(result.verdict.rawValue)", from: top, to: bottom)
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
        canvas.y = Self.margin + 16
        let kind = Self.kind(result.verdict)
        canvas.words(Self.margin, canvas.y, "title", result.name)
        canvas.paragraph(Self.margin, "quiet", result.scenario.title, most: 2)
        canvas.y += 4
        let rule = "\(result.verdict.rawValue.uppercased())  \(result.requirement) \(result.level.rawValue)"
        canvas.paragraph(Self.margin, "strong \(kind)", rule, most: 1)
        if let reason = result.problem?.reason ?? result.reason { canvas.paragraph(Self.margin, kind, reason, most: 4) }
        canvas.paragraph(
            Self.margin, "quiet", "seed 0x\(String(result.seed, radix: 16))  \(result.scenario.source.name)", most: 1)
        canvas.y += 20
    }
    /// When it was, and the numbers of the steps that it belongs to.
    private mutating func margin(_ at: Duration, _ numbers: [Int]) {
        canvas.words(Self.margin, canvas.y + 4, "quiet", "+" + Ladder.seconds(at))
        guard let first = numbers.first else { return }
        let shown = "\(first)" + (numbers.count > 1 ? "…" : "")
        canvas.badge(shown)
    }
    private mutating func entry(_ i: Int, _ steps: [Int]) {
        let e = result.trace[i]
        canvas.y += 40
        var numbers: [Int] = []
        for number in steps.map({ result.steps[$0].number }) + (e.step.map { [$0] } ?? [])
        where !numbers.contains(number) {
            numbers.append(number)
        }
        margin(e.at, numbers)
        var kind = e.direction == .sent ? "sent" : "got"
        if e.isCulprit { kind = Self.kind(result.verdict) }
        let isDashed =
            switch e.content {
            case .opened, .closed: true
            case .message, .bytes: false
            }
        canvas.arrow(
            from: e.direction == .sent ? e.ours : e.theirs, to: e.direction == .sent ? e.theirs : e.ours, kind,
            Self.label(e), about: steps.map { text.line(result.steps[$0]) }, isDashed: isDashed)
        if e.isCulprit {
            canvas.y += 4
            let reason = "\(result.requirement): \(result.problem?.reason ?? "")"
            canvas.paragraph(Self.gutter, "label strong \(kind)", "\(Self.mark(result.verdict)) \(reason)", most: 4)
        }
    }
    private mutating func step(_ i: Int, _ times: Int) {
        let o = result.steps[i]
        canvas.y += 26
        margin(o.ended, [o.number])
        let isBad = o.state == .failed
        let kind = isBad ? "label strong " + Self.kind(o.verdict) : "label quiet"
        let line = text.line(o) + (times > 1 ? ", \(times) times" : "")
        if isBad {
            canvas.y -= Self.line - 4
            canvas.paragraph(Self.gutter, kind, "\(Self.mark(o.verdict)) \(line)", most: 4)
        } else {
            canvas.words(Self.gutter, canvas.y + 4, kind, line)
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
        canvas.y += 24
        canvas.words(Self.margin, canvas.y, "strong", "Steps")
        canvas.y += 4
        for s in text.plan.prefix(Self.maximumSteps) {
            canvas.y += Self.line + 2
            let o = told[s.number]
            let isBad = o.map { $0.verdict > .pass } ?? false
            let kind = o.map { isBad ? "strong " + Self.kind($0.verdict) : $0.state == .held ? "" : "quiet" } ?? "quiet"
            let mark = o.map { isBad ? Self.mark($0.verdict) : $0.state == .held ? "✓" : "-" } ?? " "
            let proves = s.requirement.map { "   proves \($0)" } ?? ""
            let place = "\(s.file.map { $0 + ":" } ?? "")\(s.line)"
            canvas.words(
                Self.margin, canvas.y, kind,
                "\(mark) \(Style.padLeft("\(s.number)", 3))  \(Style.pad("line " + place, 9))  "
                    + String(repeating: "  ", count: s.depth) + s.text + proves)
        }
        if text.plan.count > Self.maximumSteps {
            canvas.y += Self.line + 2
            canvas.words(Self.margin, canvas.y, "quiet", "… \(text.plan.count - Self.maximumSteps) more")
        }
    }
}
