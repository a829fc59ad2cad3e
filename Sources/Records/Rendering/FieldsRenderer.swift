public import Capture
internal import Text
internal import Wire

/// A writer of one row for each record with the requested fields, below a row of their names.
///
/// Several values of a field are separated by commas; an absent field is empty. Bytes are lower-case hexadecimal
/// digits, and lists and groups are JSON. In tab-separated form, control characters, tabs, line ends and backslashes in
/// values are escaped (`\t`, `\n`, `\\`, `\x1b`), so that a row is a line and a tab ends a value. As CSV (RFC 4180),
/// values are escaped in the same way, and are in quotes if they contain a comma, a quote, or a space at one end.
public struct FieldsRenderer: RecordRenderer {
    private let fields: [FieldReference]
    private let isCSV: Bool
    private var pieces = RecordPieces()

    /// Makes a writer with columns in this order.
    public init(_ fields: [FieldReference], isCSV: Bool) {
        self.fields = fields
        self.isCSV = isCSV
    }
    /// Writes the names.
    public mutating func begin(to out: inout [UInt8]) {
        out += fields.map { cell(Escape.line($0.name)) }.joined(separator: isCSV ? "," : "\t").utf8
        out += (isCSV ? "\r\n" : "\n").utf8
    }
    /// Writes one row.
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
    /// Writes a plain value. Numbers, addresses, times and names of messages contain nothing that needs quotes.
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
