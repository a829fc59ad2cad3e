public import Node
public import Recording
internal import Scenario
public import Text
internal import Wire

/// The text about the first place where a node deviates from the node of a capture: the message of the capture, the
/// field, both values, and then the details of the failure.
public struct DivergenceBlock: Sendable {
    /// The maximum number of fields that are compared.
    static let fields = 12

    /// The result of the recorded scenario.
    public var record: CaseRecord
    /// The scenario, with the messages that its steps represent.
    public var recording: Recording
    /// The name of the capture.
    public var capture: String
    /// The definition of the protocol.
    public var definition: Definition
    /// Makes the block for a case that did not pass.
    public init(_ record: CaseRecord, _ recording: Recording, capture: String, _ definition: Definition) {
        self.record = record
        self.recording = recording
        self.capture = capture
        self.definition = definition
    }

    /// Returns the lines of the block; empty for a case without a problem. If the style has no Unicode, all text is
    /// ASCII.
    public func lines(_ style: Style) -> [String] {
        guard let p = record.failure else { return [] }
        let block = FailureBlock(record: record, requirement: nil)
        var out = [head(p, style)]
        out += block.excerpt(p, style)
        out.append("  \(style.paint(style.safe(record.reason ?? ""), .strong))")
        out += comparison(p, style)
        if let i = p.culprit, p.trace.indices.contains(i) { out += block.culprit(p, i, style) }
        out += Ladder.lines(p.trace, culprit: p.culprit, last: 8, "diverges", style).map { "  " + $0 }
        out.append("  seed 0x\(String(record.seed, radix: 16))  repro: \(style.safe(record.command))")
        return out
    }
    /// Returns the message of the capture that the step represents.
    private func origin(_ p: CaseRecord.Failure) -> (exact: Bool, Recording.Origin)? {
        if let o = recording.origins[p.step] { return (true, o) }
        guard let before = recording.origins.keys.filter({ $0 < p.step }).max() else { return nil }
        return recording.origins[before].map { (false, $0) }
    }
    private func head(_ p: CaseRecord.Failure, _ style: Style) -> String {
        let mark = record.verdict.mark(style)
        let name = style.safe(capture)
        let what =
            switch record.verdict {
            case .error: "cannot continue with"
            case .inconc: "cannot be judged by"
            default: "diverges from"
            }
        guard let (exact, o) = origin(p) else { return "\(mark) \(what) \(name) before its first message" }
        let frames = o.frames.prefix(4).map(String.init).joined(separator: ", ") + (o.frames.count > 4 ? ", ..." : "")
        let number = o.number > 0 ? "#\(o.number) " : ""
        let location = "\(number)(frame\(o.frames.count > 1 ? "s" : "") \(frames), \(o.since) s)"
        return "\(mark) \(style.paint("\(what) \(name) \(exact ? "at" : "after") \(location)", .strong))  "
            + style.safe("\(o.name) \(o.source) > \(o.destination)")
    }
    /// Returns both values of each differing field.
    private func comparison(_ p: CaseRecord.Failure, _ style: Style) -> [String] {
        guard let (exact, o) = origin(p), exact else {
            return p.had.isEmpty
                ? [] : ["  in the capture: \(style.safe(p.wanted))", "            came: \(style.safe(p.had))"]
        }
        let wrong = p.fields.rows.filter { $0.wanted != nil && !$0.path.isEmpty }
        guard let type = definition.message(o.name), !wrong.isEmpty else {
            let size = o.bytes.isEmpty ? "" : ", \(o.bytes.count) bytes"
            let came = p.had.isEmpty ? "nothing" : p.had
            return ["  in the capture: \(style.safe(o.name))\(size)", "            came: \(style.safe(came))"]
        }
        let tree = type.dissect(o.bytes)
        var out: [String] = []
        for row in wrong.prefix(Self.fields) {
            let had = tree.index(of: row.path).map { "\(tree.value(of: $0, in: o.bytes.span.bytes))" } ?? "absent"
            out.append("  \(style.paint(style.safe(row.path), .bad))")
            out.append("    in the capture: \(style.short(had))")
            out.append("              came: \(style.short(row.value))")
        }
        if wrong.count > Self.fields { out.append("  \(style.ellipsis) \(wrong.count - Self.fields) more fields") }
        return out
    }
}
