/// Brings scenario files, and all others of this program, into one form.
///
/// Two columns of indentation, `{a: b, c: d}` within 120 columns and lines beyond, quotes only where they are needed,
/// one blank line where there were some, `meshspec: 1` first. Comments, the order of keys and line breaks in long texts
/// stay the author's. What was formatted means the same, and formatting it again changes nothing.
public enum Formatter {
    /// The canonical form; no text, with errors, of a file that is not YAML as it is used here.
    ///
    /// A file whose form cannot be shown to hold the same values and comments comes back as it is.
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
    /// The canonical form, not yet compared with what it was made from.
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

    /// The file with the line that says what it is in front of all other keys.
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

    /// Whether a text holds these values and comments.
    static func isKept(_ tree: YAMLNode, _ comments: [Comment], in text: String) -> Bool {
        let source = SourceFile(name: "", bytes: Array(text.utf8))
        let (made, diagnostics) = YAMLTree.read(source)
        guard let made, diagnostics.isEmpty else { return false }
        let kept = Comment.all(in: scalars(source), made)
        return kept.map(\.text).sorted() == comments.map(\.text).sorted() && isSame(ordered(tree), ordered(made))
    }
    /// The version in front, wherever it stood.
    private static func ordered(_ root: YAMLNode) -> YAMLNode {
        guard case .mapping(let members) = root.content else { return root }
        var root = root
        root.content = .mapping(members.filter { isVersion($0.key) } + members.filter { !isVersion($0.key) })
        return root
    }
    /// The same values, wherever they stand. Quotes matter around what would be something else without them.
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
