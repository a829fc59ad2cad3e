internal import Node
internal import Scenario
internal import Text
internal import Wire

/// A case as a ladder diagram: the messages between the actors from top to bottom, and the outcome of each step. The
/// result is one self-contained SVG file for dark and light screens. For a long case it shows the beginning, the end
/// and the rows around the failure.
struct LadderSVG {
    /// The maximum number of steps in the list below the diagram.
    static let maximumSteps = 200

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
        let labels = rows.map { row in
            if case .entry(let i, _) = row { Self.label(CaseRecord.Exchange(r.trace[i])).count } else { 0 }
        }
        canvas = LadderCanvas(r.trace.flatMap { [$0.ours, $0.theirs] }, longestLabel: labels.max() ?? 0)
    }
    private static func label(_ e: CaseRecord.Exchange) -> String {
        let link = e.link.isEmpty ? "" : e.link + ": "
        return Style(hasColour: false).cut(Printable.text(link + Ladder.short(e)), 60)
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
                canvas.words(LadderCanvas.gutter, canvas.y, as: "quiet", "… \(n) more, see \(EvidenceName.trace) …")
            }
        }
        canvas.y += 20
        let bottom = canvas.y
        list()
        canvas.y += LadderCanvas.margin
        return canvas.document("\(result.name): \(result.verdict.rawValue)", from: top, to: bottom)
    }
    private mutating func head() {
        canvas.y = LadderCanvas.margin + 16
        let kind = result.verdict.tone.rawValue
        canvas.words(LadderCanvas.margin, canvas.y, as: "title", result.name)
        canvas.paragraph(LadderCanvas.margin, "quiet", result.scenario.title, most: 2)
        canvas.y += 4
        let rule = "\(result.verdict.rawValue.uppercased())  \(result.requirement) \(result.level.rawValue)"
        canvas.paragraph(LadderCanvas.margin, "strong \(kind)", rule, most: 1)
        if let reason = result.problem?.reason ?? result.reason {
            canvas.paragraph(LadderCanvas.margin, kind, reason, most: 4)
        }
        canvas.paragraph(
            LadderCanvas.margin, "quiet", "seed 0x\(String(result.seed, radix: 16))  \(result.scenario.source.name)",
            most: 1)
        canvas.y += 20
    }
    /// Draws the time of a row and the numbers of its steps.
    private mutating func margin(_ at: Duration, _ numbers: [Int]) {
        canvas.words(LadderCanvas.margin, canvas.y + 4, as: "quiet", "+" + Ladder.seconds(at))
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
        if e.isCulprit { kind = result.verdict.tone.rawValue }
        let exchange = CaseRecord.Exchange(e)
        canvas.arrow(
            from: e.direction == .sent ? e.ours : e.theirs, to: e.direction == .sent ? e.theirs : e.ours, kind,
            Self.label(exchange), about: steps.map { text.line(result.steps[$0]) },
            isDashed: exchange.kind == .opened || exchange.kind == .closed)
        if e.isCulprit {
            canvas.y += 4
            let reason = "\(result.requirement): \(result.problem?.reason ?? "")"
            canvas.paragraph(
                LadderCanvas.gutter, "label strong \(kind)", "\(Self.mark(result.verdict)) \(reason)", most: 4)
        }
    }
    private mutating func step(_ i: Int, _ times: Int) {
        let o = result.steps[i]
        canvas.y += 26
        margin(o.ended, [o.number])
        let isBad = o.state == .failed
        let kind = isBad ? "label strong " + o.verdict.tone.rawValue : "label quiet"
        let line = text.line(o) + (times > 1 ? ", \(times) times" : "")
        if isBad {
            canvas.y -= LadderCanvas.line - 4
            canvas.paragraph(LadderCanvas.gutter, kind, "\(Self.mark(o.verdict)) \(line)", most: 4)
        } else {
            canvas.words(LadderCanvas.gutter, canvas.y + 4, as: kind, line)
        }
    }
    private static func mark(_ v: Verdict) -> String { v.symbol(Style(hasColour: false)) }

    /// Draws the list of steps with their outcomes. If there are several rounds, the worst outcome is shown.
    private mutating func list() {
        guard !text.plan.isEmpty, !result.steps.isEmpty else { return }
        var outcomes: [Int: StepOutcome] = [:]
        for o in result.steps {
            if let other = outcomes[o.number], other.verdict >= o.verdict { continue }
            outcomes[o.number] = o
        }
        canvas.y += 24
        canvas.words(LadderCanvas.margin, canvas.y, as: "strong", "Steps")
        canvas.y += 4
        for s in text.plan.prefix(Self.maximumSteps) {
            canvas.y += LadderCanvas.line + 2
            let o = outcomes[s.number]
            let isBad = o.map { $0.verdict > .pass } ?? false
            let kind =
                o.map { isBad ? "strong " + $0.verdict.tone.rawValue : $0.state == .held ? "" : "quiet" } ?? "quiet"
            let mark = o.map { isBad ? Self.mark($0.verdict) : $0.state == .held ? "✓" : "-" } ?? " "
            let proves = s.requirement.map { "   proves \($0)" } ?? ""
            let location = "\(s.file.map { $0 + ":" } ?? "")\(s.line)"
            canvas.words(
                LadderCanvas.margin, canvas.y, as: kind,
                "\(mark) \(Style.padLeft("\(s.number)", 3))  \(Style.pad("line " + location, 9))  "
                    + String(repeating: "  ", count: s.depth) + s.text + proves)
        }
        if text.plan.count > Self.maximumSteps {
            canvas.y += LadderCanvas.line + 2
            canvas.words(LadderCanvas.margin, canvas.y, as: "quiet", "… \(text.plan.count - Self.maximumSteps) more")
        }
    }
}

/// A row of a ladder diagram.
enum LadderRow {
    /// A trace entry, with the outcomes that are about it.
    case entry(Int, steps: [Int])
    /// The outcome of a step that is about no entry. If the step held several times in a row, the last outcome.
    case step(Int, times: Int)
    /// A gap for this number of hidden rows.
    case gap(Int)

    /// The number of rows at each end of a long case, and on each side of the culprit.
    static let limits = (ends: 120, around: 20)

    /// Returns the rows of a case. The middle of a long case is left out, except around the culprit.
    static func all(_ r: CaseResult) -> [LadderRow] {
        var about: [Int: [Int]] = [:]
        for (i, o) in r.steps.enumerated() {
            if let entry = o.entry, r.trace.indices.contains(entry) { about[entry, default: []].append(i) }
        }
        var rows: [LadderRow] = []
        var culprit: Int?
        for event in EvidenceEvent.all(r) {
            switch event {
            case .entry(let i):
                if r.trace[i].isCulprit { culprit = rows.count }
                rows.append(.entry(i, steps: about[i] ?? []))
            case .step(let i):
                guard r.steps[i].entry == nil else { continue }
                if r.steps[i].state == .failed { culprit = culprit ?? rows.count }
                var times = 1
                if case .step(let before, let n)? = rows.last, isSame(r.steps[before], r.steps[i]) {
                    times += n
                    rows.removeLast()
                }
                rows.append(.step(i, times: times))
            }
        }
        return cut(rows, around: culprit)
    }
    private static func isSame(_ a: StepOutcome, _ b: StepOutcome) -> Bool {
        a.number == b.number && a.state == b.state && a.state != .failed
    }
    private static func cut(_ rows: [LadderRow], around culprit: Int?) -> [LadderRow] {
        guard rows.count > 2 * limits.ends + 1 else { return rows }
        var out: [LadderRow] = []
        var skipped = 0
        for (i, row) in rows.enumerated() {
            let isNear = culprit.map { abs($0 - i) <= limits.around } ?? false
            guard i < limits.ends || i >= rows.count - limits.ends || isNear else {
                skipped += 1
                continue
            }
            if skipped > 0 { out.append(.gap(skipped)) }
            skipped = 0
            out.append(row)
        }
        return out
    }
}
