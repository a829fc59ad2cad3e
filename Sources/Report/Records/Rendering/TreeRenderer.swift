public import Capture
import Node
import Wire

/// A block for each record: a line of where it came from, then each field with its bytes and value, indented, then
/// what is worth telling. Shows where reading a malformed message stopped, and bytes that are no message as such.
public struct TreeRenderer: RecordRenderer {
    /// Fields shown of one record.
    static let fieldLimit = 2000
    /// Bytes shown of what is no message.
    static let dumpLimit = 256
    private let style: Style
    private let names: AddressNames
    private var meanings = MeaningTrees()

    /// With or without colours, with names for addresses where there are any.
    public init(colour: Bool, names: AddressNames = AddressNames()) {
        style = Style(hasColour: colour)
        self.names = names
    }

    /// Appends one block; an empty line follows.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        let opened = DissectedRecord(record, bytes)
        let frames = record.frames.prefix(20).map(String.init).joined(separator: ", ")
        out += style.paint("#\(record.number)", .quiet).utf8
        out += " \(style.paint(record.name, .strong)) \(record.length) bytes\n".utf8
        out += "  \(record.time) (\(record.time.since(record.start)) s)\n".utf8
        out +=
            "  \(names.text(record.source)) > \(names.text(record.destination)) \(record.transport.rawValue) flow \(record.flow)"
            .utf8
        out += ", stream offset \(record.offset), frame\(record.frames.count > 1 ? "s" : "") \(frames)".utf8
        out += (record.frames.count > 20 ? ", ...\n" : "\n").utf8
        Self.carriers(of: record, style, to: &out)
        if let dissection = opened.dissection, let meaning = meanings.of(record.message) {
            tree(dissection, meaning, bytes, to: &out)
        } else {
            dump(bytes, from: 0, to: &out)
        }
        Self.foot(opened.notes, record.comments, style, to: &out)
    }

    /// What carried it, where its bytes are those of other records.
    static func carriers(of record: borrowing Record, _ style: Style, to out: inout [UInt8]) {
        if record.isReassembled { out += "  \(style.paint(origin(record.parts), .quiet))\n".utf8 }
        if record.isCarried { out += "  \(style.paint(layers(record.path, record.origins), .quiet))\n".utf8 }
    }
    /// Where the bytes of a message came from that was put together.
    private static func origin(_ parts: [DatagramPart]) -> String {
        let shown = parts.prefix(20).map { "\(ByteRanges.short($0.range)) frame \($0.number)" }
        return "put together: bytes " + shown.joined(separator: ", ") + (parts.count > 20 ? ", .." : "")
    }
    /// The layers that carry a message, and the bytes of their units that it was read from or made of.
    private static func layers(_ path: String, _ origins: [RecordOrigin]) -> String {
        let shown = origins.prefix(20).map {
            "\($0.isMade ? "made of" : "read from") bytes \(ByteRanges.short($0.range)) of #\($0.record)"
        }
        return "in " + ([path] + shown).joined(separator: ", ") + (origins.count > 20 ? ", .." : "")
    }
    /// What is worth telling, each line of the comments behind a number sign, and an empty line.
    static func foot(_ notes: [Finding], _ comments: [String], _ style: Style, to out: inout [UInt8]) {
        for note in notes { out += "  \(style.paint("! \(note.line)", note.severity.tone))\n".utf8 }
        for comment in comments {
            for line in comment.split(separator: "\n", omittingEmptySubsequences: false).prefix(fieldLimit) {
                out += "  \(style.paint("# \(Escape.line(String(line)))", .quiet))\n".utf8
            }
        }
        out.append(UInt8(ascii: "\n"))
    }
    private func tree(_ dissection: Dissection, _ meaning: MeaningTree, _ bytes: RawSpan, to out: inout [UInt8]) {
        for (i, node) in dissection.nodes.prefix(Self.fieldLimit).enumerated() {
            let range = ByteRanges.short(node.range)
            out += "  \(style.paint(range, .quiet))\(String(repeating: " ", count: max(1, 12 - range.count)))".utf8
            out += String(repeating: "  ", count: Int(clamping: max(0, node.depth))).utf8
            let name =
                (node.name.utf8CodeUnitCount > 0 ? node.name.description : "")
                + (node.index >= 0 ? "[\(node.index)]" : "")
            out += Escape.line(name).utf8
            if node.shape == .leaf { out += ": \(meaning.line(of: i, dissection, bytes))".utf8 }
            out.append(UInt8(ascii: "\n"))
        }
        if dissection.nodes.count > Self.fieldLimit {
            out += "  ... \(dissection.nodes.count - Self.fieldLimit) more fields\n".utf8
        }
        guard let error = dissection.error else { return }
        out += style.paint("  stopped: \(Escape.line(error.description))\n", .bad).utf8
        dump(bytes, from: min(max(0, error.offset), bytes.byteCount), to: &out)
    }
    /// Sixteen bytes to a line: offset, hexadecimal, and what of it is ASCII.
    private func dump(_ bytes: RawSpan, from start: Int, to out: inout [UInt8]) {
        let shown = bytes.extracting(first: start + Self.dumpLimit).withUnsafeBytes { [UInt8]($0) }
        for row in stride(from: start, to: shown.count, by: 16) {
            let part = shown[row..<min(row + 16, shown.count)]
            out += "  \(HexDump.row(row, part, tone: .quiet, style))\n".utf8
        }
        let rest = bytes.byteCount - shown.count
        if rest > 0 { out += "  ... \(rest) more bytes\n".utf8 }
    }
}
