public import Capture
public import Node
internal import Text
import Wire

/// A writer of one line for each record, for people and `grep`:
/// `#6 +0.060123 10.0.0.2:7075 > 10.0.0.1:40000 nano.keepalive keepalive, 8 peers 152 B [warning: text] # comment`.
///
/// Seconds count from the first packet of the capture, unless another form of time is selected. A message without a
/// summary, or one that is not valid, is shown with its fields. Fields that most messages of a protocol share, such as
/// the fields of its header, are left out then. Long values are cut. The summary of an answer ends with the number of
/// the request: `pong, answers #12 after 3.1 ms`.
public struct LineRenderer: RecordRenderer {
    private let style: Style
    private let names: AddressNames
    private var clock: RecordClock
    private let definitions: [Definition]
    /// The fields that are left out, for each protocol in use. They are few, so the search is linear.
    private var shared: [(protocolName: String, names: WordSet)] = []
    /// The index for the previous record, which is nearly always the same.
    private var recent = 0
    private var meanings = MeaningTrees()
    private var dissector = Dissector()
    private var pieces = RecordPieces()
    private var fields = FieldSummary()
    private var summaries = Summaries()

    /// Makes a writer for messages of these protocols. Addresses are shown with their names, if known.
    public init(
        _ definitions: [Definition], colour: Bool, names: AddressNames = AddressNames(), time: RecordTime = .relative
    ) {
        style = Style(hasColour: colour)
        self.names = names
        clock = RecordClock(time)
        self.definitions = definitions
    }
    /// Returns the fields that are left out, for each protocol and each layer below one.
    static func shared(_ definitions: [Definition]) -> [String: [String]] {
        var shared: [String: [String]] = [:]
        for (name, messages) in definitions.flatMap(messages) { shared[name] = common(messages) }
        return shared
    }
    /// Returns the messages of a protocol and of its layers, by their names.
    private static func messages(of definition: Definition) -> [(name: String, messages: [any Message.Type])] {
        [(definition.name, definition.messages)]
            + (definition.reading.layers?.layers ?? []).map { ($0.name, $0.messages) }
    }
    /// Returns the index in `shared` for a protocol.
    private mutating func place(of protocolName: String) -> Int {
        if let known = shared.firstIndex(where: { $0.protocolName == protocolName }) { return known }
        // If several protocols have the name, the last one counts.
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
    /// Appends the text after the name, preceded by a space.
    mutating func renderContent(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        if let summary = summaries.outline(record, bytes) {
            let ending = AnswerText.ending(record)
            out.write(room: 512) { text in
                text.put(UInt8(ascii: " "))
                summary.write(bytes, ending: ending, to: &text)
                Self.end(record, &text)
            }
        } else {
            renderFields(record, bytes, to: &out)
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
    /// Appends the fields of a record without a summary.
    private mutating func renderFields(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
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
        // This is nearly always enough: the width of the fields, in characters of four bytes.
        out.write(room: 768) { text in
            if let message = record.message {
                fields.write(nodes, as: message.form, in: bytes, meanings: meaning, to: &text)
            }
            Self.end(record, &text)
        }
    }
    /// Writes the text up to the name.
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
    /// Writes the text after the fields.
    private static func end(_ record: borrowing Record, _ text: inout OutputBuffer) {
        if record.length == 0, record.kind == .incomplete, record.transport == .tcp {
            // The record carries findings about messages that never arrived.
            text.put(" (no message: judged at the end)")
        } else {
            text.put(UInt8(ascii: " "))
            text.put(record.length)
            text.put(" B")
        }
        // The connection has several channels.
        if !record.path.isEmpty, record.path.utf8.contains(UInt8(ascii: "#")) {
            text.put(" in ")
            text.put(text: record.path)
        }
        guard record.frames.count > 1 else { return }
        text.put(" (")
        text.put(record.frames.count)
        text.put(record.transport == .tcp ? " segments)" : " packets)")
    }

    /// Returns the names that two thirds of these messages have, if there are several messages. A few messages may lack
    /// the common header.
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
