public import Capture
internal import Node
internal import Wire

/// A block for each record: a line of where it came from, then its bytes in the order in which they lie, each row with
/// the field that they are of and its value.
///
/// Fields that share a byte stand below each other, the bytes beside the first; those without a byte of their own have
/// `-` in its place, and so have those of a message in several datagrams that each of these has its own of. What
/// belongs to no field has `?`.
public struct HexRenderer: RecordRenderer {
    /// Rows shown of one field.
    static let rowLimit = 64
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
        out += palette.dim("#\(record.number) \(record.time.since(record.start))").utf8
        out +=
            " \(names.text(record.source)) > \(names.text(record.destination)) \(palette.bold(record.name)) \(record.length) B\n"
            .utf8
        if record.isReassembled { out += "  \(palette.dim(TreeRenderer.origin(record.parts)))\n".utf8 }
        let shown = bytes.withUnsafeBytes { [UInt8]($0) }
        if let dissection = opened.dissection {
            var next = 0
            var rest = TreeRenderer.fieldLimit
            for (i, node) in dissection.nodes.enumerated() where node.shape == .leaf {
                guard rest > 0 else { break }
                rest -= 1
                let range = node.range.clamped(to: 0..<shown.count)
                if range.lowerBound > next {
                    rows(shown, next..<range.lowerBound, Self.around(next, dissection, i), to: &out)
                }
                let value = FieldText.line(dissection.value(of: i, in: bytes))
                let name = palette.bold(Escape.line(dissection.path(of: i)))
                guard Self.wasSent(range, record) else {
                    rows(shown, range.upperBound..<range.upperBound, "\(name): of each datagram its own", to: &out)
                    next = max(next, range.upperBound)
                    continue
                }
                let label = "\(name): \(value)"
                rows(shown, min(max(next, range.lowerBound), range.upperBound)..<range.upperBound, label, to: &out)
                next = max(next, range.upperBound)
            }
            if next < shown.count {
                let why = dissection.error.map {
                    palette.severity(.violation, "stopped: \(Escape.line($0.description))")
                }
                rows(shown, next..<shown.count, why ?? (rest > 0 ? "?" : "..."), to: &out)
            } else if let error = dissection.error {
                out += palette.severity(.violation, "  stopped: \(Escape.line(error.description))\n").utf8
            }
        } else {
            rows(shown, 0..<shown.count, "?", to: &out)
        }
        for note in opened.notes { out += "  \(palette.severity(note.severity, "! \(note.line)"))\n".utf8 }
        for comment in record.comments { TreeRenderer.comment(comment, palette, to: &out) }
        out.append(UInt8(ascii: "\n"))
    }
    /// False of bytes that no frame has: of what was put together from several datagrams some stand only in these.
    private static func wasSent(_ range: Range<Int>, _ record: borrowing Record) -> Bool {
        guard record.isReassembled, !range.isEmpty else { return true }
        var (low, high) = (0, record.parts.count)
        while low < high {
            let middle = (low + high) / 2
            if record.parts[middle].range.upperBound > range.lowerBound { high = middle } else { low = middle + 1 }
        }
        return low < record.parts.count && record.parts[low].range.lowerBound < range.upperBound
    }
    /// The innermost group around a byte before the field `i`: what announces its fields.
    private static func around(_ at: Int, _ dissection: Dissection, _ i: Int) -> String {
        var inner = Int(dissection.nodes[i].parent)
        while inner >= 0, !dissection.nodes[inner].range.contains(at) { inner = Int(dissection.nodes[inner].parent) }
        return inner < 0 ? "?" : Escape.line(dissection.path(of: inner))
    }
    /// Sixteen bytes to a row; the label beside the first.
    private func rows(_ bytes: [UInt8], _ range: Range<Int>, _ label: String, to out: inout [UInt8]) {
        guard !range.isEmpty else {
            out += "  \(palette.dim("   -"))  \(String(repeating: " ", count: 66))\(label)\n".utf8
            return
        }
        for (i, start) in stride(from: range.lowerBound, to: range.upperBound, by: 16).enumerated() {
            guard i < Self.rowLimit else {
                out += "  ...   \(range.upperBound - start) more bytes\n".utf8
                return
            }
            let part = Array(bytes[start..<min(start + 16, range.upperBound)])
            let offset = String(start, radix: 16)
            var line = "  " + palette.dim(String(repeating: "0", count: max(0, 4 - offset.count)) + offset) + " "
            for byte in part { line += " " + [byte].hex }
            line += String(repeating: "   ", count: 16 - part.count) + "  "
            line += String(decoding: part.map { $0 >= 0x20 && $0 < 0x7f ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
            if i == 0 { line += String(repeating: " ", count: 16 - part.count) + "  " + label }
            out += (line + "\n").utf8
        }
    }
}
