public import Scenario
internal import Wire

/// All that is known of a case that did not pass, for people: the rule, the place in the scenario, expected and got by
/// field, the bytes, the last messages, and how to see it again.
public struct FailureBlock: Sendable {
    /// The case.
    public var result: CaseResult
    /// The rule that was not kept; nil when it is not known.
    public var requirement: Requirement?
    /// Command that runs this case again the same way.
    public var command: String
    /// The block of one case; `requirement` is the one that its verdict is about.
    public init(_ result: CaseResult, _ requirement: Requirement?, command: String) {
        self.result = result
        self.requirement = requirement
        self.command = command
    }

    /// The lines of the block; none for a case without a problem. With a style without Unicode all is ASCII.
    public func lines(_ style: Style) -> [String] {
        guard let p = result.problem else { return [] }
        var out: [String] = [head(p, style)]
        if let r = requirement { out += rule(r, style) }
        if let because = p.because { out.append("  because: \(style.safe(because))") }
        out += excerpt(p, style)
        out.append("  \(style.paint(style.safe(p.reason), .strong))")
        if p.path.isEmpty, !p.wanted.isEmpty {
            out.append("  expected: \(style.safe(p.wanted))")
            out.append("       got: \(style.safe(p.had))")
        }
        if let i = p.culprit, result.trace.indices.contains(i) { out += culprit(p, i, style) }
        let note = "\(result.verdict.symbol(style)) \(style.safe(result.requirement))"
        out += Ladder.lines(result.trace, last: 8, note, style).map { "  " + $0 }
        out.append("  seed 0x\(String(result.seed, radix: 16))  repro: \(style.safe(command))")
        return out
    }
    func head(_ p: Problem, _ style: Style) -> String {
        let place = "\((p.source ?? result.scenario.source).name):\(p.span.start.line):\(p.span.start.column)"
        let step = result.step > 0 ? "step \(result.step) of \(result.scenario.stepCount) \(style.dot) " : ""
        let what = "\(result.verdict.mark(style)) \(style.paint(style.safe(result.id), .strong))"
        let branch = p.branch.map { "branch \(style.safe($0)) \(style.dot) " } ?? ""
        let rule = branch + "\(style.safe(result.requirement)) \(result.level.rawValue)"
        return "\(what)  \(step)\(rule) \(style.dot) \(RunConsole.time(result.duration))  \(style.safe(place))"
    }
    /// What is due and where that is written; side by side where there is room.
    func rule(_ r: Requirement, _ style: Style) -> [String] {
        let quote = style.safe("\"\(r.quote.isEmpty ? r.text : r.quote)\"")
        let source = style.safe(r.source)
        if 2 + quote.count + 2 + source.count <= style.column {
            return ["  \(quote)  \(style.paint(source, .quiet))"]
        }
        return style.wrap(quote, "  ") + style.wrap(source, "   ").map { style.paint($0, .quiet) }
    }
    /// The line of the scenario with carets under what it is about.
    func excerpt(_ p: Problem, _ style: Style) -> [String] {
        let number = String(p.span.start.line)
        let end = p.span.end.line == p.span.start.line ? p.span.end.column : Int.max
        let e = Excerpt(
            (p.source ?? result.scenario.source).line(p.span.start.line), from: p.span.start.column, to: end)
        // Characters that are spelled out take more columns: the carets follow.
        let before = e.carets.prefix { $0 == " " }.count
        let marked = e.text.dropFirst(before).prefix(e.carets.count - before)
        let indent = String(repeating: " ", count: style.safe(String(e.text.prefix(before))).count)
        let carets = indent + String(repeating: "^", count: max(1, style.safe(String(marked)).count))
        let gutter = String(repeating: " ", count: max(5, number.count))
        return [
            "  \(Style.padLeft(number, gutter.count)) | \(style.safe(e.text))",
            "  \(gutter) | \(style.paint(p.label.isEmpty ? carets : carets + " " + style.safe(p.label), .bad))",
        ]
    }
    /// The record that it is about, field by field, and its bytes.
    func culprit(_ p: Problem, _ i: Int, _ style: Style) -> [String] {
        let e = result.trace[i]
        let isSent = e.direction == .sent
        let size = e.bytes.isEmpty ? "" : "  \(e.bytes.count) bytes"
        let who = style.safe("\(e.ours)\(isSent ? "->" : "<-")\(e.theirs)")
        var out = [
            "  \(isSent ? "sent" : "got")  \(style.safe(e.name))  \(who)  #\(i + 1)  t=+\(Ladder.seconds(e.at))\(size)"
        ]
        var marked: Range<Int>?
        switch e.content {
        case .message(let type, let bytes):
            let tree = type.dissect(bytes)
            out += FieldTable(tree, bytes, p).lines(style)
            marked = p.path.isEmpty ? nil : tree.node(p.path)?.range
            if let error = tree.error {
                out.append("     \(style.paint("! stopped: " + style.safe("\(error)"), .bad))")
                marked = marked ?? error.offset..<max(error.offset, bytes.count)
            }
        case .bytes(_, let error?): out.append("     \(style.paint("! " + style.safe("\(error)"), .bad))")
        case .bytes, .opened, .closed: break
        }
        return out + HexDump.lines(e.bytes, marking: marked, label: p.path, style).map { "  " + $0 }
    }
}
