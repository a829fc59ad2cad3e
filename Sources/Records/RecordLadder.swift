public import Capture
internal import Node
public import Text
internal import Wire

/// A ladder diagram of the first messages of a capture, from top to bottom.
public struct RecordLadder: RecordSink {
    /// The output forms.
    public enum Form: String, CaseIterable, Sendable {
        /// A line for each message, for a terminal.
        case text
        /// A picture in one SVG file.
        case svg
        /// A `sequenceDiagram`, which Markdown renderers draw.
        case mermaid
    }
    private struct Entry {
        var number: Int
        var source: String
        var destination: String
        var isFromClient: Bool
        var flow: Int
        var at: String
        var name: String
        /// The most severe finding.
        var note: Finding?
    }
    private let filter: Filter?
    private let limit: Int
    private let names: AddressNames
    private let showsLayers: Bool
    private var entries: [Entry] = []
    private var summaries = Summaries()
    /// The number of messages after the limit.
    public private(set) var omitted = 0
    /// The number of messages that are drawn.
    public var count: Int { entries.count }

    /// Makes an empty diagram of the first `limit` records that pass the filter. Addresses are shown with their names,
    /// if known. `showsLayers` also includes the units of layers whose content has its own record.
    public init(
        _ filter: Filter?, limit: Int, showsLayers: Bool = false, names: AddressNames = AddressNames()
    ) {
        self.filter = filter
        self.limit = limit
        self.showsLayers = showsLayers
        self.names = names
    }
    /// True, for the summaries.
    public var wantsAnswers: Bool { true }
    /// Adds a message.
    public mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        if record.isMereCarrier, !showsLayers { return }
        if let filter, !filter.matches(record, bytes) { return }
        guard entries.count < limit else { return omitted += 1 }
        let name = record.name
        let bare = name.firstIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? name
        entries.append(
            Entry(
                number: record.number, source: names.text(record.source), destination: names.text(record.destination),
                isFromClient: record.isFromClient, flow: record.flow,
                at: String(record.time.since(record.start).dropFirst()),
                name: summaries.text(record, bytes) ?? "\(bare) \(record.length) B",
                note: record.notes.filter { $0.severity > .info }.max { $0.severity < $1.severity }))
    }
    /// Appends the diagram.
    public func write(_ form: Form, _ style: Style, to out: inout [UInt8]) {
        switch form {
        case .text: text(style, to: &out)
        case .svg: out += svg().utf8
        case .mermaid: mermaid(to: &out)
        }
    }
    private var rest: String { "… \(omitted) more: raise --limit or choose with -Y" }

    private func text(_ style: Style, to out: inout [UInt8]) {
        let isSeveral = Set(entries.map(\.flow)).count > 1
        let rows = entries.map { e in
            let mark = e.note.map { style.paint(style.safe("\($0.line)"), $0.severity.tone) }
            return Ladder.Row(
                left: e.isFromClient ? e.source : e.destination, right: e.isFromClient ? e.destination : e.source,
                isToRight: e.isFromClient, name: e.name, at: e.at + " s",
                link: "#\(e.number)" + (isSeveral ? " flow \(e.flow)" : ""), mark: mark ?? "")
        }
        for line in Ladder.draw(rows, style) { out += (line + "\n").utf8 }
        if omitted > 0 { out += (style.safe(rest) + "\n").utf8 }
    }
    private func svg() -> String {
        let labels = entries.map { "#\($0.number) \($0.name)" }
        let ends = entries.flatMap { $0.isFromClient ? [$0.source, $0.destination] : [$0.destination, $0.source] }
        var canvas = LadderCanvas(ends, longestLabel: labels.map(\.count).max() ?? 0)
        canvas.y = LadderCanvas.margin
        let top = canvas.y
        canvas.names()
        for (i, e) in entries.enumerated() {
            canvas.y += 40
            canvas.words(LadderCanvas.margin, canvas.y + 4, as: "quiet", "+\(e.at) s")
            let kind = e.note.map { $0.severity.tone.rawValue } ?? (e.isFromClient ? "sent" : "got")
            canvas.arrow(from: e.source, to: e.destination, kind, labels[i], about: e.note.map { [$0.line] } ?? [])
            if let note = e.note {
                canvas.y += 4
                canvas.paragraph(LadderCanvas.gutter, "label strong \(kind)", note.line, most: 2)
            }
        }
        canvas.y += 30
        let bottom = canvas.y
        if omitted > 0 {
            canvas.y += LadderCanvas.line
            canvas.words(LadderCanvas.margin, canvas.y, as: "quiet", rest)
            canvas.y += LadderCanvas.margin
        }
        return canvas.document("\(entries.count) messages of a capture", from: top, to: bottom)
    }
    private func mermaid(to out: inout [UInt8]) {
        out += "sequenceDiagram\n".utf8
        var ends: [String: String] = [:]
        for e in entries {
            for end in e.isFromClient ? [e.source, e.destination] : [e.destination, e.source] where ends[end] == nil {
                ends[end] = "e\(ends.count + 1)"
                out += "    participant e\(ends.count) as \(Self.escape(end))\n".utf8
            }
        }
        for e in entries {
            let (from, to) = (ends[e.source] ?? "", ends[e.destination] ?? "")
            let arrow = e.note?.severity == .violation ? "-x" : "->>"
            out += "    \(from)\(arrow)\(to): \(Self.escape("#\(e.number) +\(e.at) s \(e.name)"))\n".utf8
            if let note = e.note { out += "    Note over \(from),\(to): \(Self.escape(note.line))\n".utf8 }
        }
        if omitted > 0, let first = ends.values.min() { out += "    Note over \(first): \(Self.escape(rest))\n".utf8 }
    }
    /// Returns text for Mermaid. Characters with a meaning are written as numbers.
    static func escape(_ text: String) -> String {
        Escape.line(text).escaping { "#;<>\"&{}\\%".unicodeScalars.contains($0) ? "#\($0.value);" : nil }
    }
}
