internal import Scenario
internal import Text

/// The text with all details of a case that did not pass: the requirement, the place in the scenario, expected and
/// actual fields, the bytes, the last messages, and the command that repeats it.
struct FailureBlock: Sendable {
    /// The case.
    let record: CaseRecord
    /// The broken requirement; nil if it is unknown.
    let requirement: Requirement?
    /// Returns the lines of the block; empty for a case without a problem. If the style has no Unicode, all text is
    /// ASCII.
    func lines(_ style: Style) -> [String] {
        guard let p = record.failure else { return [] }
        var out: [String] = [head(p, style)]
        out += explanation(p, style)
        if let r = requirement { out += rule(r, style) }
        if let observed = record.observed { out += style.wrap(style.safe("observed: " + observed), "  ") }
        out += excerpt(p, style)
        out += before(p, style)
        if let i = p.culprit, p.trace.indices.contains(i) { out += culprit(p, i, style) }
        let about = record.requirement.isEmpty ? record.reason ?? "" : record.requirement
        let note = "\(record.verdict.symbol(style)) \(style.short(about))"
        out += Ladder.lines(p.trace, culprit: p.culprit, last: 8, note, style).map { "  " + $0 }
        if !record.leftOut.isNothing { out.append("  not kept: \(record.leftOut.text)") }
        // A vector of a codec has no steps, and it uses no random values.
        let seed = p.steps > 0 ? "seed 0x\(String(record.seed, radix: 16))  " : ""
        out.append("  \(seed)repro: \(style.safe(record.command))")
        if let folder = record.evidence {
            out.append("  evidence: \(style.safe(folder))/{\(EvidenceName.shown.joined(separator: ","))}")
        }
        return out
    }
    /// Returns the reason, with what was expected and found.
    func explanation(_ p: CaseRecord.Failure, _ style: Style) -> [String] {
        var out: [String] = []
        let isSentence = p.because != nil && record.explanation == nil
        let reason = style.safe(record.reason ?? "")
        out += (isSentence ? style.wrap(reason, "  ") : ["  " + reason]).map { style.paint($0, .strong) }
        if let because = record.explanation, record.reason != because {
            out.append("  because: \(style.safe(because))")
        }
        // For an expression, `facts` has the values.
        if p.path.isEmpty, p.facts.isEmpty, !p.wanted.isEmpty {
            out.append("  expected: \(style.safe(p.wanted))")
            out.append("       got: \(style.safe(p.had))")
        }
        // The bytes are complete, because a developer who looks for the fault computes with them.
        let names = p.facts.map(\.name.count).max() ?? 0
        return out + p.facts.map { "  \(Style.pad(style.safe($0.name), names))  \(style.safe($0.text))" }
    }
    func head(_ p: CaseRecord.Failure, _ style: Style) -> String {
        let location = "\(p.file):\(p.line):\(p.column)"
        let step = p.step > 0 ? "step \(p.step) of \(p.steps) \(style.dot) " : ""
        let what = "\(record.verdict.mark(style)) \(style.paint(style.safe(record.name), .strong))"
        let branch = p.branch.map { "branch \(style.safe($0)) \(style.dot) " } ?? ""
        let rule = branch + style.safe(record.rule)
        return "\(what)  \(step)\(rule) \(style.dot) \(RunConsole.time(record.duration))  \(style.safe(location))"
    }
    /// Returns the text and the source of a requirement, side by side if there is room.
    func rule(_ r: Requirement, _ style: Style) -> [String] {
        let quote = style.safe("\"\(r.quote.isEmpty ? r.text : r.quote)\"")
        let source = style.safe(r.source)
        if 2 + quote.count + 2 + source.count <= style.column {
            return ["  \(quote)  \(style.paint(source, .quiet))"]
        }
        return style.wrap(quote, "  ") + style.wrap(source, "   ").map { style.paint($0, .quiet) }
    }
    /// Returns the line of the scenario with carets under the place.
    func excerpt(_ p: CaseRecord.Failure, _ style: Style) -> [String] {
        let number = String(p.line)
        let e = p.excerpt
        // Escaped characters take more columns, so the carets are shifted.
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
    /// Returns possible causes from earlier in the ladder: the connections that the node had ended, and the last
    /// message before each end.
    func before(_ p: CaseRecord.Failure, _ style: Style) -> [String] {
        var out: [String] = []
        for (i, e) in p.trace.prefix(p.culprit ?? .max).enumerated() where e.kind == .closed && e.direction == .received
        {
            let last = p.trace[..<i].last { $0.connection == e.connection && $0.direction == .sent }
            let upon = last.map { ", after \($0.what) at +\(Ladder.seconds($0.at))" } ?? ""
            out.append(
                "  before: \(style.safe("\(e.theirs) ended \(e.link) (\(e.what)) at +\(Ladder.seconds(e.at))\(upon)"))")
        }
        let more = out.count - Self.endings
        return more > 0 ? Array(out.prefix(Self.endings)) + ["  before: \(more) more were ended"] : out
    }
    /// The maximum number of ended connections that are reported.
    static var endings: Int { 4 }
    /// Returns the fields and the bytes of the record that the failure is about.
    func culprit(_ p: CaseRecord.Failure, _ i: Int, _ style: Style) -> [String] {
        let e = p.trace[i]
        let isSent = e.direction == .sent
        let size = e.bytes.isEmpty ? "" : "  \(e.bytes.count) bytes"
        let who = style.safe("\(e.ours)\(isSent ? "->" : "<-")\(e.theirs)")
        var out = [
            "  \(isSent ? "sent" : "got")  \(style.safe(e.what))  \(who)  #\(i + 1)  t=+\(Ladder.seconds(e.at))\(size)"
        ]
        out += p.fields.lines(style)
        if let stopped = p.stopped {
            out.append("     \(style.paint("! stopped: " + style.safe(stopped), .bad))")
        }
        if let error = e.error { out.append("     \(style.paint("! " + style.safe(error), .bad))") }
        return out + HexDump.lines(e.bytes, marking: p.marked, label: p.path, style).map { "  " + $0 }
    }
}
