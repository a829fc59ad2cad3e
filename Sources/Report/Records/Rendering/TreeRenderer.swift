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
    private let palette: Palette
    private let names: AddressNames

    /// With or without colours, with names for addresses where there are any.
    public init(colour: Bool, names: AddressNames = AddressNames()) {
        palette = Palette(isOn: colour)
        self.names = names
    }

    /// Appends one block; an empty line follows.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        let opened = DissectedRecord(record, bytes)
        let frames = record.frames.prefix(20).map(String.init).joined(separator: ", ")
        out += palette.dim("#\(record.number)").utf8
        out += " \(palette.bold(record.name)) \(record.length) bytes\n".utf8
        out += "  \(record.time) (\(record.time.since(record.start)) s)\n".utf8
        out +=
            "  \(names.text(record.source)) > \(names.text(record.destination)) \(record.transport.rawValue) flow \(record.flow)"
            .utf8
        out += ", stream offset \(record.offset), frame\(record.frames.count > 1 ? "s" : "") \(frames)".utf8
        out += (record.frames.count > 20 ? ", ...\n" : "\n").utf8
        if record.isReassembled { out += "  \(palette.dim(Self.origin(record.parts)))\n".utf8 }
        if let dissection = opened.dissection {
            tree(dissection, bytes, to: &out)
        } else {
            dump(bytes, from: 0, to: &out)
        }
        for note in opened.notes { out += "  \(palette.severity(note.severity, "! \(note.line)"))\n".utf8 }
        for comment in record.comments { Self.comment(comment, palette, to: &out) }
        out.append(UInt8(ascii: "\n"))
    }

    /// Where the bytes of a message came from that was put together.
    static func origin(_ parts: [DatagramPart]) -> String {
        let shown = parts.prefix(20).map { "\(ByteRanges.short($0.range)) frame \($0.number)" }
        return "put together: bytes " + shown.joined(separator: ", ") + (parts.count > 20 ? ", .." : "")
    }
    /// Each line of it, behind a number sign.
    static func comment(_ text: String, _ palette: Palette, to out: inout [UInt8]) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(fieldLimit) {
            out += "  \(palette.dim("# \(Escape.line(String(line)))"))\n".utf8
        }
    }
    private func tree(_ dissection: Dissection, _ bytes: RawSpan, to out: inout [UInt8]) {
        for (i, node) in dissection.nodes.prefix(Self.fieldLimit).enumerated() {
            let place = ByteRanges.short(node.range)
            out += "  \(palette.dim(place))\(String(repeating: " ", count: max(1, 12 - place.count)))".utf8
            out += String(repeating: "  ", count: Int(clamping: max(0, node.depth))).utf8
            let name =
                (node.name.utf8CodeUnitCount > 0 ? node.name.description : "")
                + (node.index >= 0 ? "[\(node.index)]" : "")
            out += Escape.line(name).utf8
            if node.shape == .leaf { out += ": \(FieldText.line(dissection.value(of: i, in: bytes)))".utf8 }
            out.append(UInt8(ascii: "\n"))
        }
        if dissection.nodes.count > Self.fieldLimit {
            out += "  ... \(dissection.nodes.count - Self.fieldLimit) more fields\n".utf8
        }
        guard let error = dissection.error else { return }
        out += palette.severity(.violation, "  stopped: \(Escape.line(error.description))\n").utf8
        dump(bytes, from: min(max(0, error.offset), bytes.byteCount), to: &out)
    }
    /// Sixteen bytes to a line: offset, hexadecimal, and what of it is ASCII.
    private func dump(_ bytes: RawSpan, from start: Int, to out: inout [UInt8]) {
        let shown = bytes.extracting(start...).extracting(first: Self.dumpLimit).withUnsafeBytes { [UInt8]($0) }
        for line in stride(from: 0, to: shown.count, by: 16) {
            let part = shown[line..<min(line + 16, shown.count)]
            let offset = String(start + line, radix: 16)
            out += "  \(palette.dim(String(repeating: "0", count: max(0, 4 - offset.count)) + offset)) ".utf8
            for i in line..<line + 16 { out += " \(i < part.endIndex ? [shown[i]].hex : "  ")".utf8 }
            out += "  ".utf8
            for byte in part { out.append(byte >= 0x20 && byte < 0x7f ? byte : UInt8(ascii: ".")) }
            out.append(UInt8(ascii: "\n"))
        }
        let rest = bytes.byteCount - start - shown.count
        if rest > 0 { out += "  ... \(rest) more bytes\n".utf8 }
    }
}
