/// A formatter of scenario files and all other files of this program.
///
/// The form: two columns of indentation; `{a: b, c: d}` within 120 columns and separate lines otherwise; quotes only
/// where they are needed; one blank line where there were some; `meshspec: 1` first. Comments, the order of keys, and
/// line breaks in long texts remain as the author wrote them. The formatted file has the same meaning, and formatting
/// it again changes nothing.
public enum Formatter {
    /// Returns the canonical form. If the file is not YAML as meshspec uses it, returns nil with errors.
    ///
    /// If the formatter cannot show that the result holds the same values and comments, it returns the file unchanged.
    public static func format(_ source: SourceFile) -> (text: String?, diagnostics: [Diagnostic]) {
        let (tree, diagnostics) = YAMLTree.read(source)
        guard let tree, !diagnostics.contains(where: { $0.severity == .error }) else { return (nil, diagnostics) }
        let same = String(decoding: source.bytes, as: UTF8.self)
        guard !tree.hasDirectives, tree.isCollection, let text = written(source, tree) else {
            return (same, diagnostics)
        }
        let comments = Comment.all(in: scalars(source), tree)
        return (isKept(tree, comments, in: text) ? text : same, diagnostics)
    }
    /// Returns the canonical form before it is compared with the source.
    static func written(_ source: SourceFile, _ root: YAMLNode) -> String? {
        let moved = versionFirst(source, root)
        guard let root = moved.bytes == source.bytes ? root : YAMLTree.read(moved).root else { return nil }
        let lines = scalars(moved)
        var writer = FormatWriter(lines, Comment.all(in: lines, root))
        writer.document(root)
        return writer.out.joined(separator: "\n") + "\n"
    }
    static func scalars(_ source: SourceFile) -> [[Unicode.Scalar]] {
        source.lines.map { Array($0.unicodeScalars) }
    }

    /// Returns the file with the line of the version moved before all other keys.
    private static func versionFirst(_ source: SourceFile, _ root: YAMLNode) -> SourceFile {
        guard case .mapping(let members) = root.content, !root.isFlow, let first = members.first,
            let version = members.first(where: { isVersion($0.key) }), version.keySpan.start != first.keySpan.start,
            version.keySpan.start.column == first.keySpan.start.column,
            version.keySpan.start.line == version.value.span.end.line, !version.value.isCollection
        else { return source }
        var lines = source.lines
        let at = version.keySpan.start.line - 1
        guard lines.indices.contains(at), first.keySpan.start.line <= at else { return source }
        lines.insert(lines.remove(at: at), at: first.keySpan.start.line - 1)
        return SourceFile(name: source.name, bytes: Array(lines.joined(separator: "\n").utf8))
    }
    private static func isVersion(_ key: String) -> Bool { key == "meshspec" || key.hasPrefix("meshspec-") }

    /// Returns whether a text holds these values and comments.
    static func isKept(_ tree: YAMLNode, _ comments: [Comment], in text: String) -> Bool {
        let source = SourceFile(name: "", bytes: Array(text.utf8))
        let (made, diagnostics) = YAMLTree.read(source)
        guard let made, diagnostics.isEmpty else { return false }
        let kept = Comment.all(in: scalars(source), made)
        return kept.map(\.text).sorted() == comments.map(\.text).sorted() && isSame(ordered(tree), ordered(made))
    }
    /// Returns the tree with the version first.
    private static func ordered(_ root: YAMLNode) -> YAMLNode {
        guard case .mapping(let members) = root.content else { return root }
        var root = root
        root.content = .mapping(members.filter { isVersion($0.key) } + members.filter { !isVersion($0.key) })
        return root
    }
    /// Returns whether two nodes have the same values, regardless of their positions. Quotes matter if the value would
    /// have another type without them.
    static func isSame(_ a: YAMLNode, _ b: YAMLNode) -> Bool {
        switch (a.content, b.content) {
        case (.scalar(let s, let p), .scalar(let t, let q)): s == t && (p == q || !ScalarStyle.looksTyped(s))
        case (.sequence(let s), .sequence(let t)): s.count == t.count && zip(s, t).allSatisfy { isSame($0, $1) }
        case (.mapping(let s), .mapping(let t)):
            s.count == t.count && zip(s, t).allSatisfy { $0.key == $1.key && isSame($0.value, $1.value) }
        default: false
        }
    }
}
