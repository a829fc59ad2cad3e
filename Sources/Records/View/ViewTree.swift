internal import Capture
internal import Text

/// The tree of one message in a view, with its folded rows.
struct ViewTree: Sendable {
    struct Row: Hashable, Sendable {
        var depth: Int
        var text: String
        /// The bytes of the message for this row; nil if the row is not a field.
        var range: Range<Int>?
        var tone: Style.Tone?
        /// The identity of the row: the name of the message and the path of the field.
        var key: String
        /// True if the row contains other rows.
        var isFoldable = false
    }
    /// All rows.
    private(set) var rows: [Row] = []
    /// The indices of the rows that are shown.
    private(set) var shown: [Int] = []

    /// `answer` is the line about the answer to the message, if there is one.
    init(_ message: CapturedMessage, _ tree: RecordTree, answer: String? = nil) {
        let (record, name) = (message.record, message.record.name)
        rows = [
            Row(
                depth: 0, text: "#\(record.number) \(name) \(record.length) bytes", range: nil, tone: .strong, key: name
            )
        ]
        for (i, line) in (tree.origin + (answer.map { [$0] } ?? []) + tree.carriers).enumerated() {
            rows.append(Row(depth: 1, text: line, tone: .quiet, key: "\(name) \(i)"))
        }
        var path: [String] = []
        for field in tree.fields ?? [] {
            path = Array(path.prefix(field.depth)) + [field.name]
            rows.append(
                Row(
                    depth: field.depth, text: field.text, range: field.range,
                    key: "\(name).\(path.joined(separator: "."))"))
        }
        if tree.omitted > 0 {
            rows.append(Row(depth: 0, text: "... \(tree.omitted) more fields", tone: .quiet, key: "\(name) more"))
        }
        if let stop = tree.stop {
            rows.append(
                Row(depth: 0, text: stop.text, range: stop.at..<message.bytes.count, tone: .bad, key: "\(name) stop"))
        }
        for (i, remark) in tree.remarks.enumerated() {
            rows.append(Row(depth: 0, text: remark.text, tone: remark.tone, key: "\(name) remark \(i)"))
        }
        for i in rows.indices.dropLast() where rows[i + 1].depth > rows[i].depth { rows[i].isFoldable = true }
    }
    /// Hides the rows inside the folded rows.
    mutating func fold(_ folded: Set<String>) {
        shown = []
        var hidden: Int?
        for (i, row) in rows.enumerated() {
            if let depth = hidden, row.depth > depth { continue }
            hidden = row.isFoldable && folded.contains(row.key) ? row.depth : nil
            shown.append(i)
        }
    }
    /// Returns the index, among the shown rows, of the parent of a row.
    func parent(of place: Int) -> Int? {
        shown.prefix(place).lastIndex { rows[$0].depth < rows[shown[place]].depth }
    }
    /// Returns the index, among the shown rows, of the innermost field that contains a byte.
    func place(ofByte at: Int) -> Int? {
        let candidates = shown.indices.filter { rows[shown[$0]].range?.contains(at) ?? false }
        return candidates.min { a, b in
            let (x, y) = (rows[shown[a]], rows[shown[b]])
            return (x.range?.count ?? 0, -x.depth) < (y.range?.count ?? 0, -y.depth)
        }
    }
}
