/// A map from the characters of a scalar to their positions in the file.
///
/// The YAML reader gives the value of a scalar and its range in the file. The range also contains quotes, escapes and
/// folded lines. The two are walked in parallel. After an escape that represents another character, the following
/// positions are approximate.
struct ScalarPositions {
    private var scalars: [Unicode.Scalar] = []
    /// The range of each line in `scalars`, without its line end.
    private var lines: [Range<Int>] = []

    init(_ source: SourceFile) {
        scalars.reserveCapacity(source.bytes.count)
        for line in source.lineBytes {
            let start = scalars.count
            line.withUnsafeBufferPointer { scalars.append(utf8: $0) }
            lines.append(start..<scalars.count)
        }
    }

    /// Returns a position for each scalar of `value`, in order.
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
    /// Returns the position of the first character of the value, after the sign of a block or after a quote.
    private func begin(_ node: YAMLNode) -> Position {
        let at = node.span.start
        guard case .scalar(_, isQuoted: true) = node.content, let c = self[at] else { return at }
        if c == "|" || c == ">" { return Position(line: at.line + 1, column: 1) }
        return c == "'" || c == "\"" ? after(at) : at
    }
    /// The character at a position; a line feed at a line end; nil after the last line.
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
    /// Returns whether a character can occur in the file without being part of the value.
    private static func isExtra(_ c: Unicode.Scalar) -> Bool { isBlank(c) || c == "\\" || c == "'" || c == "\"" }
}
