public import Capture
public import Node
import Wire

/// One line for each record, for people and `grep`:
/// `#6 +0.060123 10.0.0.2:7075 > 10.0.0.1:40000 nano.keepalive peers[8] 152 B [warning: text] # comment`.
///
/// Seconds count from the first packet of the capture, unless another time is asked for. Fields that most messages of a
/// protocol share, such as those of its header, are left out; long values are cut.
public struct LineRenderer: RecordRenderer {
    private let style: Style
    private let names: AddressNames
    private var clock: RecordClock
    private let definitions: [Definition]
    /// For each protocol that was met the fields that are left out; few, looked through one by one.
    private var shared: [(protocolName: String, names: WordSet)] = []
    /// That of the record before, which nearly always is the same.
    private var recent = 0
    private var meanings = MeaningTrees()
    private var dissector = Dissector()
    private var pieces = RecordPieces()
    private var summary = FieldSummary()

    /// Lines for messages of these protocols, with names for addresses where there are any.
    public init(
        _ definitions: [Definition], colour: Bool, names: AddressNames = AddressNames(), time: RecordTime = .relative
    ) {
        style = Style(hasColour: colour)
        self.names = names
        clock = RecordClock(time)
        self.definitions = definitions
    }
    /// For each protocol, and each layer below one, the fields that are left out.
    static func shared(_ definitions: [Definition]) -> [String: [String]] {
        var shared: [String: [String]] = [:]
        for (name, messages) in definitions.flatMap(messages) { shared[name] = common(messages) }
        return shared
    }
    /// The messages of a protocol and of its layers, by their names.
    private static func messages(of definition: Definition) -> [(name: String, messages: [any Message.Type])] {
        [(definition.name, definition.messages)] + (definition.layers?.layers ?? []).map { ($0.name, $0.messages) }
    }
    /// Where the fields stand in `shared` that are left out of a protocol's messages.
    private mutating func place(of protocolName: String) -> Int {
        if let known = shared.firstIndex(where: { $0.protocolName == protocolName }) { return known }
        // Of several the last counts.
        let found = definitions.flatMap(Self.messages).last { $0.name == protocolName }
        shared.append((protocolName, WordSet(found.map { Self.common($0.messages) } ?? [])))
        return shared.count - 1
    }

    /// Appends one line.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        let start = clock.start(of: record)
        out.write(room: 256) { begin(record, since: start, &$0) }
        renderContent(record, bytes, to: &out)
        out.append(UInt8(ascii: "\n"))
    }
    /// Appends what stands behind the name, with a blank before it.
    mutating func renderContent(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        if shared.isEmpty || shared[recent].protocolName != record.protocolName {
            recent = place(of: record.protocolName)
        }
        let meaning = meanings.of(record.message)
        let nodes: [Dissection.Node]
        if let message = record.message {
            nodes = dissector.outline(message, bytes, hint: record.hint, leavingOut: &shared[recent].names)
        } else {
            nodes = []
        }
        // Nearly always enough: the width of the fields, in characters of four bytes.
        out.write(room: 768) { text in
            if let message = record.message {
                summary.write(nodes, message.form, bytes, meaning, to: &text)
            }
            Self.end(record, &text)
        }
        for note in record.notes { out += " \(style.paint("[\(note.line)]", note.severity.tone))".utf8 }
        if let message = record.message, record.isRemarkable {
            dissector.dissect(message, bytes, hint: record.hint)
            for note in dissector.notes.map(DissectedRecord.finding) {
                out += " \(style.paint("[\(note.line)]", note.severity.tone))".utf8
            }
        }
        for comment in record.comments {
            let first = comment.prefix { $0 != "\n" }
            let text =
                Escape.line(String(first.prefix(FieldSummary.width)))
                + (comment.count > min(first.count, FieldSummary.width) ? ".." : "")
            out += " \(style.paint("# \(text)", .quiet))".utf8
        }
    }
    /// Up to the name.
    private mutating func begin(_ record: borrowing Record, since start: Timestamp?, _ text: inout OutputBuffer) {
        style.begin(.quiet, &text)
        text.put(UInt8(ascii: "#"))
        text.put(record.number)
        text.put(UInt8(ascii: " "))
        if let start {
            RecordPieces.write(record.time, since: start, hasPlus: clock.form != .epoch, to: &text)
        } else {
            pieces.write(record.time, to: &text)
        }
        style.end(&text)
        text.put(UInt8(ascii: " "))
        pieces.writeEnds(of: record, names, to: &text)
        text.put(UInt8(ascii: " "))
        style.begin(.strong, &text)
        pieces.writeName(of: record, to: &text)
        style.end(&text)
    }
    /// Behind the fields.
    private static func end(_ record: borrowing Record, _ text: inout OutputBuffer) {
        text.put(UInt8(ascii: " "))
        text.put(record.length)
        text.put(" B")
        // One of several channels.
        if !record.path.isEmpty, record.path.utf8.contains(UInt8(ascii: "#")) {
            text.put(" in ")
            text.put(text: record.path)
        }
        guard record.frames.count > 1 else { return }
        text.put(" (")
        text.put(record.frames.count)
        text.put(record.transport == .tcp ? " segments)" : " packets)")
    }

    /// Names that two thirds of these messages have, if there are several: a few may be without the common header.
    private static func common(_ messages: [any Message.Type]) -> [String] {
        guard messages.count > 1 else { return [] }
        var counts: [String: Int] = [:]
        for type in messages {
            let bytes = type.init().encoded()
            guard case .map(let entries) = type.dissect(bytes).fields(in: bytes.span.bytes) else { continue }
            for name in Set(entries.map(\.key)) { counts[name, default: 0] += 1 }
        }
        return counts.filter { $0.value * 3 >= messages.count * 2 }.keys.sorted()
    }
}
