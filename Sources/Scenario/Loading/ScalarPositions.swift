/// Where each character of a scalar stands in the file.
///
/// YAML's reader gives the value and the stretch that it fills, in which quotes, escapes and folded lines come
/// on top. The two are walked side by side; after an escape that stands for another character the rest is near only.
struct ScalarPositions {
    private var scalars: [Unicode.Scalar] = []
    /// Where each line is in them, without its end.
    private var lines: [Range<Int>] = []

    init(_ source: SourceFile) {
        scalars.reserveCapacity(source.bytes.count)
        for line in source.lineBytes {
            let start = scalars.count
            line.withUnsafeBufferPointer { scalars.append(utf8: $0) }
            lines.append(start..<scalars.count)
        }
    }

    /// A place for each of the scalars of `value`, in order.
    func places(of value: [Unicode.Scalar], in node: YAMLNode) -> [Position] {
        var at = begin(node)
        let end = node.span.end
        var out: [Position] = []
        out.reserveCapacity(value.count)
        for scalar in value {
            var ahead = at
            while ahead < end, let c = self[ahead], c != scalar, !(Self.isBlank(c) && Self.isBlank(scalar)),
                Self.isExtra(c)
            {
                ahead = after(ahead)
            }
            if ahead < end, let c = self[ahead], c == scalar || Self.isBlank(c) && Self.isBlank(scalar) {
                out.append(ahead)
                at = after(ahead)
            } else {
                out.append(at < end ? at : node.span.start)
            }
        }
        return out
    }
    /// The first character of the value: behind the sign of a block, or a quote.
    private func begin(_ node: YAMLNode) -> Position {
        let at = node.span.start
        guard case .scalar(_, isQuoted: true) = node.content, let c = self[at] else { return at }
        if c == "|" || c == ">" { return Position(line: at.line + 1, column: 1) }
        return c == "'" || c == "\"" ? after(at) : at
    }
    /// The character at a place, that of a line's end a line feed; nil behind the last line.
    private subscript(p: Position) -> Unicode.Scalar? {
        guard p.line >= 1, p.line <= lines.count, p.column >= 1 else { return nil }
        let line = lines[p.line - 1]
        return p.column <= line.count ? scalars[line.lowerBound + p.column - 1] : "\n"
    }
    private func after(_ p: Position) -> Position {
        guard p.line >= 1, p.line <= lines.count, p.column <= lines[p.line - 1].count else {
            return Position(line: p.line + 1, column: 1)
        }
        return Position(line: p.line, column: p.column + 1)
    }
    private static func isBlank(_ c: Unicode.Scalar) -> Bool { c == " " || c == "\n" || c == "\t" }
    /// What may stand in the file and not in the value.
    private static func isExtra(_ c: Unicode.Scalar) -> Bool { isBlank(c) || c == "\\" || c == "'" || c == "\"" }
}
