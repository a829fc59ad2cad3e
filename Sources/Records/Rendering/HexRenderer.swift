public import Capture
internal import Node
internal import Text
internal import Wire

/// A writer of a block for each record: a line with its origin, then its bytes in order, each row with the field and
/// its value.
///
/// Fields that share a byte are in consecutive rows, and the bytes are beside the first one. Fields without a byte of
/// their own have `-` in place of the bytes. The same applies to fields of a reassembled message whose bytes are in no
/// frame, because each datagram has its own version of them. Bytes that belong to no field have `?`.
public struct HexRenderer: RecordRenderer {
    /// The maximum number of rows of one field.
    static let rowLimit = 64
    private let style: Style
    private let names: AddressNames
    private var clock: RecordClock
    private var meanings = MeaningTrees()

    /// Makes a writer, with or without colours. Addresses are shown with their names, if known.
    public init(colour: Bool, names: AddressNames = AddressNames(), time: RecordTime = .relative) {
        style = Style(hasColour: colour)
        self.names = names
        clock = RecordClock(time)
    }

    /// Appends one block and an empty line.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        let opened = DissectedRecord(record, bytes)
        out += style.paint("#\(record.number) \(clock.text(record))", .quiet).utf8
        out +=
            " \(names.text(record.source)) > \(names.text(record.destination)) \(style.paint(record.name, .strong)) \(record.length) B\n"
            .utf8
        TreeRenderer.write(carriers: RecordTree.carriers(of: record), style, to: &out)
        let shown = bytes.withUnsafeBytes { [UInt8]($0) }
        if let dissection = opened.dissection, let meaning = meanings.of(record.message) {
            var next = 0
            var rest = RecordTree.fieldLimit
            for (i, node) in dissection.nodes.enumerated() where node.shape == .leaf {
                guard rest > 0 else { break }
                rest -= 1
                let range = node.range.clamped(to: 0..<shown.count)
                if range.lowerBound > next {
                    rows(shown, next..<range.lowerBound, Self.around(next, dissection, i), to: &out)
                }
                let value = meaning.line(of: i, dissection, bytes)
                let name = style.paint(Escape.line(dissection.path(of: i)), .strong)
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
                    style.paint("stopped: \(Escape.line($0.description))", .bad)
                }
                rows(shown, next..<shown.count, why ?? (rest > 0 ? "?" : "..."), to: &out)
            } else if let error = dissection.error {
                out += style.paint("  stopped: \(Escape.line(error.description))\n", .bad).utf8
            }
        } else {
            rows(shown, 0..<shown.count, "?", to: &out)
        }
        TreeRenderer.write(remarks: RecordTree.remarks(opened.notes, record.comments), style, to: &out)
    }
    /// Returns whether the bytes are in a frame. Some fields of a reassembled message exist only in its datagrams.
    private static func wasSent(_ range: Range<Int>, _ record: borrowing Record) -> Bool {
        !record.isReassembled || range.isEmpty || record.parts.contains { $0.range.overlaps(range) }
    }
    /// Returns the innermost group around a byte before the field `i`, that is, the group that contains a header of its
    /// fields.
    private static func around(_ at: Int, _ dissection: Dissection, _ i: Int) -> String {
        var inner = Int(dissection.nodes[i].parent)
        while inner >= 0, !dissection.nodes[inner].range.contains(at) { inner = Int(dissection.nodes[inner].parent) }
        return inner < 0 ? "?" : Escape.line(dissection.path(of: inner))
    }
    /// Returns rows of sixteen bytes, with the label beside the first one.
    private func rows(_ bytes: [UInt8], _ range: Range<Int>, _ label: String, to out: inout [UInt8]) {
        guard !range.isEmpty else {
            out += "  \(style.paint("   -", .quiet))  \(String(repeating: " ", count: 66))\(label)\n".utf8
            return
        }
        for (i, start) in stride(from: range.lowerBound, to: range.upperBound, by: 16).enumerated() {
            guard i < Self.rowLimit else {
                out += "  ...   \(range.upperBound - start) more bytes\n".utf8
                return
            }
            let part = bytes[start..<min(start + 16, range.upperBound)]
            var line = "  " + HexDump.row(start, part, tone: .quiet, style)
            if i == 0 { line += Style.pad("", 16 - part.count) + "  " + label }
            out += (line + "\n").utf8
        }
    }
}
