/// A comment of a YAML file.
struct Comment {
    /// The text with its `#`, without trailing blanks.
    var text: String
    var place: Position

    /// Returns the comments of a file in order. A comment is each `#` outside of scalars, up to the end of its line.
    static func all(in lines: [[Unicode.Scalar]], _ root: YAMLNode) -> [Comment] {
        var scalars: [Span] = []
        collect(root, &scalars)
        var out: [Comment] = []
        var next = 0
        for (i, line) in lines.enumerated() {
            var column = 0
            while column < line.count {
                let here = Position(line: i + 1, column: column + 1)
                while next < scalars.count, scalars[next].end <= here { next += 1 }
                if next < scalars.count, scalars[next].start <= here {
                    let end = scalars[next].end
                    column = end.line > i + 1 ? line.count : max(column + 1, end.column - 1)
                    continue
                }
                if line[column] == "#" {
                    var rest = line[column...]
                    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
                    out.append(Comment(text: String(String.UnicodeScalarView(rest)), place: here))
                    break
                }
                column += 1
            }
        }
        return out
    }
    /// Collects the ranges in which `#` does not begin a comment, in order.
    private static func collect(_ node: YAMLNode, _ out: inout [Span]) {
        switch node.content {
        case .scalar where node.style == .block:
            // A comment can follow the sign of a block in its first line.
            let begin = Position(line: node.span.start.line + 1, column: 1)
            if begin < node.span.end { out.append(Span(begin, node.span.end)) }
        case .scalar: if node.span.start < node.span.end { out.append(node.span) }
        case .sequence(let items): for item in items { collect(item, &out) }
        case .mapping(let members):
            for m in members {
                collect(m.keyNode, &out)
                collect(m.value, &out)
            }
        }
    }
}
