public import Capture
internal import Wire

/// A row for each record with the fields that were asked for, below a row of their names.
///
/// Several values of a field stand behind each other with commas between; an absent field is empty. Bytes are
/// lower-case hexadecimal digits, lists and groups JSON. Separated by tabs, values have control characters, tabs, ends
/// of lines and backslashes escaped (`\t`, `\n`, `\\`, `\x1b`), so that a row is a line and a tab ends a value. As CSV
/// (RFC 4180) they are escaped the same, and in quotes where there is a comma, a quote or a blank at an end.
public struct FieldsRenderer: RecordRenderer {
    private let fields: [FieldReference]
    private let isCSV: Bool
    private var pieces = RecordPieces()

    /// Columns in this order.
    public init(_ fields: [FieldReference], isCSV: Bool) {
        self.fields = fields
        self.isCSV = isCSV
    }
    /// The names.
    public mutating func begin(to out: inout [UInt8]) {
        out += fields.map { cell(Escape.line($0.name)) }.joined(separator: isCSV ? "," : "\t").utf8
        out += (isCSV ? "\r\n" : "\n").utf8
    }
    /// One row.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        var isNeeded = false
        for f in fields where f.needsDissection(record) { isNeeded = true }
        let opened = DissectedRecord(record, bytes, isNeeded: isNeeded)
        for i in fields.indices {
            if i > 0 { out.append(UInt8(ascii: isCSV ? "," : "\t")) }
            if let value = fields[i].plain(record) {
                write(value, of: record, to: &out)
            } else {
                let values = fields[i].values(record, opened, bytes)
                if values.count == 1, case .bytes(let b) = values[0] {
                    out.write(room: 2 &* b.count) { $0.put(hex: b.span.bytes) }
                } else if !values.isEmpty {
                    out += cell(values.map(FieldText.whole).joined(separator: ",")).utf8
                }
            }
        }
        out += (isCSV ? "\r\n" : "\n").utf8
    }
    /// Numbers, addresses, times and names of messages have nothing that needs quotes.
    private mutating func write(_ value: FieldReference.Plain, of record: borrowing Record, to out: inout [UInt8]) {
        out.write(room: 64) { text in
            switch value {
            case .number(let n): text.put(n)
            case .time(let time): pieces.write(time, to: &text)
            case .address(let end): pieces.write(end, to: &text)
            case .name: pieces.writeName(of: record, to: &text)
            }
        }
    }
    private func cell(_ text: String) -> String {
        let needsQuotes =
            isCSV
            && (text.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }
                || text.first == " " || text.last == " ")
        return needsQuotes ? "\"" + Self.doubled(text) + "\"" : text
    }
    private static func doubled(_ s: String) -> String {
        s.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    }
}
