public import Capture
public import Node
import Wire

/// One line for each record, for people and `grep`:
/// `#6 +0.060123 10.0.0.2:7075 > 10.0.0.1:40000 nano.keepalive peers[8] 152 B [warning: text] # comment`.
///
/// Seconds count from the first packet of the capture, unless another time is asked for. Fields that most messages of a protocol share, such as those of
/// its header, are left out; long values are cut.
public struct LineRenderer: RecordRenderer {
    /// Characters that fields may take together, and a comment.
    static let width = 100
    private let style: Style
    private let names: AddressNames
    private var clock: RecordClock
    /// For each protocol the fields that are left out.
    private let shared: [String: Set<String>]
    private var meanings = MeaningTrees()

    /// Lines for messages of these protocols, with names for addresses where there are any.
    public init(
        _ definitions: [Definition], colour: Bool, names: AddressNames = AddressNames(), time: RecordTime = .relative
    ) {
        style = Style(hasColour: colour)
        self.names = names
        clock = RecordClock(time)
        shared = Self.shared(definitions)
    }
    /// For each protocol, and each layer below one, the fields that are left out.
    static func shared(_ definitions: [Definition]) -> [String: Set<String>] {
        var shared: [String: Set<String>] = [:]
        for definition in definitions {
            shared[definition.name] = common(definition.messages)
            for layer in definition.layers?.layers ?? [] { shared[layer.name] = common(layer.messages) }
        }
        return shared
    }

    /// Appends one line.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        let opened = DissectedRecord(record, bytes)
        out += style.paint("#\(record.number) \(clock.text(record))", .quiet).utf8
        out +=
            " \(names.text(record.source)) > \(names.text(record.destination)) \(style.paint(record.name, .strong))"
            .utf8
        if opened.dissection != nil {
            out +=
                Self.summary(
                    opened.fields(bytes), meanings.of(record.message), leavingOut: shared[record.protocolName] ?? []
                ).utf8
        }
        out += " \(record.length) B".utf8
        // One of several channels.
        if record.path.utf8.contains(UInt8(ascii: "#")) { out += " in \(record.path)".utf8 }
        if record.frames.count > 1 {
            out += " (\(record.frames.count) \(record.transport == .tcp ? "segments" : "packets"))".utf8
        }
        for note in opened.notes { out += " \(style.paint("[\(note.line)]", note.severity.tone))".utf8 }
        for comment in record.comments {
            let first = comment.prefix { $0 != "\n" }
            let text =
                Escape.line(String(first.prefix(Self.width)))
                + (comment.count > min(first.count, Self.width) ? ".." : "")
            out += " \(style.paint("# \(text)", .quiet))".utf8
        }
        out.append(UInt8(ascii: "\n"))
    }

    /// Names that two thirds of these messages have, if there are several: a few may be without the common header.
    private static func common(_ messages: [any Message.Type]) -> Set<String> {
        guard messages.count > 1 else { return [] }
        var counts: [String: Int] = [:]
        for type in messages {
            let bytes = type.init().encoded()
            guard case .map(let entries) = type.dissect(bytes).fields(in: bytes.span.bytes) else { continue }
            for name in Set(entries.map(\.key)) { counts[name, default: 0] += 1 }
        }
        return Set(counts.filter { $0.value * 3 >= messages.count * 2 }.keys)
    }
    /// ` name=value name{inner=value} name[3]`; what does not fit into `width` is left out.
    private static func summary(
        _ fields: Value, _ meaning: MeaningTree?, leavingOut shared: Set<String>
    ) -> String {
        guard case .map(let entries) = fields else { return "" }
        var out = ""
        var remaining = width
        write(entries.filter { !shared.contains($0.key) }, meaning, isInner: false, to: &out, &remaining)
        return out
    }
    private static func write(
        _ entries: [Value.Entry], _ meaning: MeaningTree?, isInner: Bool, to out: inout String,
        _ remaining: inout Int
    ) {
        let meanings = meaning?.fields ?? [:]
        for (i, entry) in entries.enumerated() {
            let start = (i == 0 && isInner ? "" : " ") + entry.key
            guard remaining > start.count else {
                out += " .."
                remaining = 0
                return
            }
            remaining -= start.count
            out += start
            if case .map(let inner) = entry.value {
                out += "{"
                write(inner, meanings[entry.key], isInner: true, to: &out, &remaining)
                out += "}"
            } else {
                let meaning = meanings.isEmpty ? nil : meanings[entry.key]?.meaning
                let value = meaning?.short(entry.value).map { "=" + $0 } ?? short(entry.value)
                remaining -= value.count
                out += value
            }
        }
    }
    private static func short(_ value: Value) -> String {
        switch value {
        case .null: return "=null"
        case .bool(let b): return "=\(b)"
        case .uint(let n): return "=\(n)"
        case .int(let n): return "=\(n)"
        case .decimal(let s): return "=\(s)"
        case .bytes(let b): return "=" + (b.count > 8 ? Array(b.prefix(4)).hex + ".." : b.hex)
        case .text(let s): return "=" + Escape.line(s.count > 24 ? String(s.prefix(24)) + ".." : s)
        case .list(let items): return "[\(items.count)]"
        case .map(let entries): return "{\(entries.count)}"
        }
    }
}
