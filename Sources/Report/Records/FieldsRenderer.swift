public import Capture
internal import Wire

/// A row for each record with the fields that were asked for, below a row of their names.
///
/// Several values of a field stand behind each other with commas between; an absent field is empty. Bytes are lower-case
/// hexadecimal digits, lists and groups JSON. Separated by tabs, values have control characters, tabs, ends of lines and
/// backslashes escaped (`\t`, `\n`, `\\`, `\x1b`), so that a row is a line and a tab ends a value. As CSV (RFC 4180) they are
/// escaped the same, and in quotes where there is a comma, a quote or a blank at an end.
public struct FieldsRenderer: RecordRenderer {
    private let fields: [FieldReference]
    private let isCSV: Bool

    /// Columns in this order.
    public init(_ fields: [FieldReference], isCSV: Bool) {
        self.fields = fields
        self.isCSV = isCSV
    }
    /// The names.
    public mutating func begin(to out: inout [UInt8]) { row(fields.map { Escape.line($0.name) }, to: &out) }
    /// One row.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        let opened = Opened(record, bytes)
        var cells: [String] = []
        for f in fields { cells.append(f.values(record, opened, bytes).map(FieldText.whole).joined(separator: ",")) }
        row(cells, to: &out)
    }
    private func row(_ cells: [String], to out: inout [UInt8]) {
        for (i, cell) in cells.enumerated() {
            if i > 0 { out.append(UInt8(ascii: isCSV ? "," : "\t")) }
            let needsQuotes =
                isCSV
                && (cell.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }
                    || cell.first == " " || cell.last == " ")
            out += (needsQuotes ? "\"" + Self.doubled(cell) + "\"" : cell).utf8
        }
        out += (isCSV ? "\r\n" : "\n").utf8
    }
    private static func doubled(_ s: String) -> String {
        s.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    }
}
