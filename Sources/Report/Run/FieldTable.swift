internal import Scenario
internal import Text
internal import Wire

/// The fields of a wrong message: the differing fields with their expected values, and the fields around them.
struct FieldTable: Sendable {
    /// The maximum number of rows. The rows of differing fields are kept first.
    static let limit = 40

    /// One line of the table.
    struct Row: Sendable {
        var path: String
        var value: String
        /// The expected value of a differing field.
        var wanted: String?
        /// The number of fields that the row represents.
        var count = 1
    }
    /// The rows of one list element without differences, or one row of another field.
    private struct Block {
        var rows: [Row]
        /// The list that contains the element; nil if the block is not a list element.
        var list: String?
        var index = 0
        var bytes: ArraySlice<UInt8> = []
        var isZero: Bool { bytes.allSatisfy { $0 == 0 } }
    }
    private(set) var rows: [Row] = []
    /// Makes a table of known rows.
    init(rows: [Row]) { self.rows = rows }

    /// Makes the table of a message. `p.path` and `p.mismatches` name the fields that differ.
    init(_ type: any Message.Type, _ tree: Dissection, in bytes: [UInt8], for p: Problem) {
        var wanted = Dictionary(p.mismatches.map { ($0.path, $0.wanted) }) { a, _ in a }
        if !p.path.isEmpty, wanted[p.path] == nil { wanted[p.path] = p.wanted }
        fold(Self.blocks(type, tree, in: bytes, wanted: wanted, for: p))
        let present = Set(rows.map(\.path))
        for path in wanted.keys.sorted() where !path.isEmpty && !present.contains(path) {
            // An example is a list that should be absent: only its elements have rows.
            let had = p.mismatches.first { $0.path == path }?.had.map { type.text(of: $0, at: path) }
            rows.append(Row(path: path, value: had ?? "absent", wanted: wanted[path]))
        }
    }
    private static func blocks(
        _ type: any Message.Type, _ tree: Dissection, in bytes: [UInt8], wanted: [String: String], for p: Problem
    ) -> [Block] {
        var out: [Block] = []
        for n in tree.nodes.indices {
            let path = tree.path(of: n)
            if tree.nodes[n].shape != .leaf {
                // A list or a group that differs as a whole, for example in its number of elements.
                guard let w = wanted[path], !path.isEmpty else { continue }
                let had = p.mismatches.first { $0.path == path }?.hadText ?? p.had
                out.append(Block(rows: [Row(path: path, value: had, wanted: w)]))
                continue
            }
            let value = Self.text(type, tree.value(of: n, in: bytes.span.bytes), path)
            let row = Row(path: path, value: value, wanted: wanted[path])
            guard let e = element(around: n, tree, wanted) else {
                out.append(Block(rows: [row]))
                continue
            }
            if let last = out.last, last.list == e.list, last.index == e.index {
                out[out.count - 1].rows.append(row)
            } else {
                let range = tree.nodes[e.node].range.clamped(to: bytes.indices)
                out.append(Block(rows: [row], list: e.list, index: e.index, bytes: bytes[range]))
            }
        }
        return out
    }
    /// Returns the text of a value. Times are also shown as dates. Keys are shown as bytes only, as in scenarios and
    /// signed data.
    private static func text(_ type: any Message.Type, _ value: Value, _ path: String) -> String {
        if case .time? = type.field(path)?.meaning, let text = type.field(path)?.meaning?.shown(value) { return text }
        return type.text(of: value, at: path)
    }
    /// Returns the outermost list element around a leaf; nil if the leaf is outside every list or something in the
    /// element differs.
    private static func element(
        around leaf: Int, _ tree: Dissection, _ wanted: [String: String]
    ) -> (list: String, index: Int, node: Int)? {
        var outermost: Int?
        var at = leaf
        while at >= 0 {
            if tree.nodes[at].index >= 0 { outermost = at }
            at = Int(tree.nodes[at].parent)
        }
        guard let node = outermost, !tree.nodes[node].range.isEmpty else { return nil }
        let path = tree.path(of: node)
        if wanted.keys.contains(where: { $0 == path || $0.hasPrefix(path + ".") || $0.hasPrefix(path + "[") }) {
            return nil
        }
        let index = Int(tree.nodes[node].index)
        return (String(path.dropLast("[\(index)]".count)), index, node)
    }
    /// Folds runs of equal elements into one row. A run of zeros is folded completely, another run from its second
    /// element on.
    private mutating func fold(_ blocks: [Block]) {
        var at = 0
        while at < blocks.count {
            let first = blocks[at]
            var end = at + 1
            if let list = first.list {
                while end < blocks.count, blocks[end].list == list, blocks[end].bytes.elementsEqual(first.bytes) {
                    end += 1
                }
                let start = first.isZero ? at : at + 1
                if start > at || end - at == 1 && !first.isZero { rows += first.rows }
                if start < end {
                    let last = blocks[end - 1].index
                    let from = blocks[start].index
                    rows.append(
                        Row(
                            path: "\(list)[\(from)" + (last > from ? "..\(last)]" : "]"),
                            value: first.isZero ? "zero" : "like \(list)[\(first.index)]",
                            count: blocks[start..<end].reduce(0) { $0 + $1.rows.count }))
                }
            } else {
                rows += first.rows
            }
            at = end
        }
    }

    /// Returns for each row whether it is among the `limit` rows that are shown. Fields that differ have priority.
    func shown(limit: Int) -> [Bool] {
        var others = max(0, limit - rows.count { $0.wanted != nil })
        var wrong = limit
        return rows.map { row in
            if row.wanted != nil {
                wrong -= 1
                return wrong >= 0
            }
            others -= 1
            return others >= 0
        }
    }
    /// Returns the table as text. Hidden rows are counted at their position.
    func lines(_ style: Style) -> [String] {
        let shown = shown(limit: Self.limit)
        let visible = zip(rows, shown).filter { $1 }.map(\.0)
        let paths = min(40, visible.map { style.safe($0.path).count }.max() ?? 0)
        let values = visible.filter { $0.wanted != nil }.map { style.short($0.value).count }.max() ?? 0
        var out: [String] = []
        var hidden = 0
        func tell() {
            if hidden > 0 { out.append("       \(style.ellipsis) \(hidden) more field\(hidden == 1 ? "" : "s")") }
            hidden = 0
        }
        for (row, isShown) in zip(rows, shown) {
            guard isShown else {
                hidden += row.count
                continue
            }
            tell()
            let path = Style.pad(style.safe(row.path), paths)
            guard let wanted = row.wanted else {
                out.append("       \(path)  \(style.short(row.value))")
                continue
            }
            let line = "! \(path)  \(Style.pad(style.short(row.value), values))"
            let expected = "expected: \(style.short(wanted))"
            if 5 + line.count + 2 + expected.count <= style.column {
                out.append("     " + style.paint("\(line)  \(expected)", .bad))
            } else {
                out.append("     " + style.paint("! \(path)  \(style.short(row.value))", .bad))
                out.append(String(repeating: " ", count: 7 + paths + 2) + style.paint(expected, .bad))
            }
        }
        tell()
        return out
    }
}
