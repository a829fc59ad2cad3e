public import Capture
import Node
internal import Text
import Wire

/// A writer of a block for each record: a line with its origin, then each field with its bytes and value, indented,
/// then the findings. It shows where decoding of a malformed message stopped, and marks bytes that are not a message.
public struct TreeRenderer: RecordRenderer {
    /// The maximum number of bytes shown if they are not a message.
    static let dumpLimit = 256
    private let style: Style
    private var trees: RecordTrees

    /// Makes a writer, with or without colours. Addresses are shown with their names, if known.
    public init(colour: Bool, names: AddressNames = AddressNames()) {
        style = Style(hasColour: colour)
        trees = RecordTrees(names: names)
    }

    /// Appends one block and an empty line.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        let tree = trees.tree(of: record, bytes)
        out += style.paint("#\(record.number)", .quiet).utf8
        out += " \(style.paint(record.name, .strong)) \(record.length) bytes\n".utf8
        for line in tree.origin { out += "  \(line)\n".utf8 }
        Self.write(carriers: tree.carriers, style, to: &out)
        if let fields = tree.fields {
            write(fields, of: tree, bytes, to: &out)
        } else {
            dump(bytes, from: 0, to: &out)
        }
        Self.write(remarks: tree.remarks, style, to: &out)
    }

    /// Appends the lines about the carriers.
    static func write(carriers: [String], _ style: Style, to out: inout [UInt8]) {
        for line in carriers { out += "  \(style.paint(line, .quiet))\n".utf8 }
    }
    /// Appends the remarks and an empty line.
    static func write(remarks: [RecordTree.Remark], _ style: Style, to out: inout [UInt8]) {
        for remark in remarks { out += "  \(style.paint(remark.text, remark.tone))\n".utf8 }
        out.append(UInt8(ascii: "\n"))
    }
    private func write(
        _ fields: [RecordTree.Field], of tree: RecordTree, _ bytes: RawSpan, to out: inout [UInt8]
    ) {
        for field in fields {
            let range = ByteRanges.short(field.range)
            out += "  \(style.paint(range, .quiet))\(String(repeating: " ", count: max(1, 12 - range.count)))".utf8
            out += String(repeating: "  ", count: field.depth).utf8
            out += field.text.utf8
            out.append(UInt8(ascii: "\n"))
        }
        if tree.omitted > 0 { out += "  ... \(tree.omitted) more fields\n".utf8 }
        guard let stop = tree.stop else { return }
        out += style.paint("  \(stop.text)\n", .bad).utf8
        dump(bytes, from: stop.at, to: &out)
    }
    /// Appends lines of sixteen bytes: offset, hexadecimal digits, and the ASCII characters.
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
