public import Scenario
internal import Wire

/// All that is known of a case that did not pass, for people: the rule, the place in the scenario, expected and got by
/// field, the bytes, the last messages, and how to see it again.
public struct FailureBlock: Sendable {
    public var result: CaseResult
    public var requirement: Requirement?
    /// Command that runs this case again the same way.
    public var command: String
    public init(_ result: CaseResult, _ requirement: Requirement?, command: String) {
        self.result = result
        self.requirement = requirement
        self.command = command
    }

    public func lines(_ style: Style) -> [String] {
        guard let p = result.problem else { return [] }
        var out: [String] = [head(p, style)]
        if let r = requirement {
            out.append("  \"\(Printable.text(r.quote.isEmpty ? r.text : r.quote))\"  \(style.paint(Printable.text(r.source), .quiet))")
        }
        if let because = p.because { out.append("  because: \(Printable.text(because))") }
        out += excerpt(p, style)
        out.append("  \(style.paint(Printable.text(p.reason), .strong))")
        if p.path.isEmpty, !p.wanted.isEmpty {
            out.append("  expected: \(Printable.text(p.wanted))")
            out.append("       got: \(Printable.text(p.had))")
        }
        if let i = p.culprit, result.trace.indices.contains(i) { out += culprit(p, i, style) }
        let note = "\(result.verdict.mark(Style(hasColour: false, hasUnicode: style.hasUnicode))) \(result.requirement)"
        out += Ladder.lines(result.trace, last: 8, note, style).map { "  " + $0 }
        out.append("  seed 0x\(String(result.seed, radix: 16))  repro: \(Printable.text(command))")
        return out
    }
    func head(_ p: Problem, _ style: Style) -> String {
        let place = "\(result.scenario.source.name):\(p.span.start.line):\(p.span.start.column)"
        let step = result.step > 0 ? "step \(result.step) of \(result.scenario.stepCount) · " : ""
        let what = "\(result.verdict.mark(style)) \(style.paint(result.id, .strong))"
        let ms = Int((result.duration / .milliseconds(1)).rounded())
        return "\(what)  \(step)\(result.requirement) \(result.level.rawValue) · \(ms) ms  \(Printable.text(place))"
    }
    func excerpt(_ p: Problem, _ style: Style) -> [String] {
        let number = String(p.span.start.line)
        let end = p.span.end.line == p.span.start.line ? p.span.end.column : Int.max
        let e = Excerpt(result.scenario.source.line(p.span.start.line), from: p.span.start.column, to: end)
        let gutter = String(repeating: " ", count: max(5, number.count))
        return [
            "  \(Style.padLeft(number, gutter.count)) | \(e.text)",
            "  \(gutter) | \(style.paint(e.carets + " " + Printable.text(p.label), .bad))",
        ]
    }
    /// The record that it is about, field by field, and its bytes.
    func culprit(_ p: Problem, _ i: Int, _ style: Style) -> [String] {
        let e = result.trace[i]
        let arrow = e.direction == .sent ? "->" : "<-"
        var out = ["  got  \(e.name)  \(e.ours)\(arrow)\(e.theirs)  #\(i + 1)  t=+\(Ladder.seconds(e.at))  \(e.bytes.count) bytes"]
        var marked: Range<Int>?
        if case .message(let type, let bytes) = e.content {
            let tree = type.dissect(bytes)
            let differs = Dictionary(p.mismatches.map { ($0.path, $0) }) { a, _ in a }
            let leaves = tree.nodes.indices.filter { tree.nodes[$0].shape == .leaf }
            for n in leaves.prefix(40) {
                let path = tree.path(of: n)
                let value = Self.short("\(tree.value(of: n, in: bytes.span.bytes))")
                let isWrong = path == p.path || differs[path] != nil
                if path == p.path { marked = tree.nodes[n].range }
                let wanted = differs[path]?.wanted ?? (path == p.path ? p.wanted : "")
                let line = "\(Style.pad(path, 26)) \(Style.pad(value, 34))"
                out.append(
                    isWrong
                        ? "     \(style.paint("! " + line + " expected: " + Self.short(wanted), .bad))" : "       \(line)")
            }
            if leaves.count > 40 { out.append("       ... \(leaves.count - 40) more fields") }
            for m in p.mismatches where m.had == nil {
                out.append("     \(style.paint("! \(Style.pad(m.path, 26)) \(Style.pad("absent", 34)) expected: \(Self.short(m.wanted))", .bad))")
            }
            if let error = tree.error { out.append("     \(style.paint("! stopped: \(error)", .bad))") }
            if marked == nil, let error = tree.error { marked = error.offset..<bytes.count }
        }
        if case .bytes(_, let error?) = e.content { out.append("     \(style.paint("! \(error)", .bad))") }
        out += HexDump.lines(e.bytes, marking: marked, label: p.path, style).map { "  " + $0 }
        return out
    }
    static func short(_ s: String) -> String {
        let s = Printable.text(s)
        return s.count <= 72 ? s : s.prefix(34) + "…" + s.suffix(34)
    }
}
