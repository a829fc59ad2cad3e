/// A node of a YAML file, with its position. Scalars keep their text, because their place in the document decides their
/// type.
public struct YAMLNode: Sendable {
    /// The content of a node.
    public enum Content: Sendable {
        /// A scalar. `isQuoted`: it is in quotes or a block, so that an empty or `null`-like text is meant as text.
        case scalar(String, isQuoted: Bool)
        case sequence([YAMLNode])
        case mapping([Member])
    }
    /// A key with its value.
    public struct Member: Sendable {
        /// The key, unique in its map.
        public var key: String
        /// The position of the key.
        public var keySpan: Span
        public var value: YAMLNode
        /// The style in which the key is written.
        var keyStyle = YAMLEvent.Style.plain
        /// The key as a node.
        var keyNode: YAMLNode {
            YAMLNode(content: .scalar(key, isQuoted: keyStyle != .plain), span: keySpan, style: keyStyle)
        }
    }
    public var content: Content
    /// The position of the node.
    public var span: Span
    /// The style in which a scalar is written.
    var style = YAMLEvent.Style.plain
    /// True for a map or list in braces or brackets.
    var isFlow = false
    /// True for a root that `%YAML` or `%TAG` precedes.
    var hasDirectives = false

    var isCollection: Bool { if case .scalar = content { false } else { true } }
    /// The position of the first item in a map or list; nil if it is empty.
    var firstInside: Position? {
        switch content {
        case .scalar: nil
        case .sequence(let items): items.first?.span.start
        case .mapping(let members): members.first?.keySpan.start
        }
    }
    /// The value of a key; nil if the key is missing.
    public subscript(key: String) -> YAMLNode? { members.first { $0.key == key }?.value }
    /// The members of a map; empty for any other node.
    var members: [Member] { if case .mapping(let members) = content { members } else { [] } }

    var shape: String {
        switch content {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a map"
        }
    }
}

/// A YAML reader that works event by event, so that it guesses nothing and every node has a position.
public enum YAMLTree {
    /// The maximum nesting depth of maps and lists.
    public static let maximumDepth = 64

    /// Returns the tree of a file, or nil with at least one error. Without `limits`, the kind of the file decides them.
    public static func read(_ source: SourceFile, _ limits: YAMLLimits? = nil) -> (
        root: YAMLNode?, diagnostics: [Diagnostic]
    ) {
        let limits = limits ?? YAMLLimits(of: source)
        var reader = YAMLReader(source, limits.nodes)
        if source.bytes.count > limits.size {
            reader.fail(
                .tooLarge, "the file has \(source.bytes.count) bytes, at most \(limits.size) are read", .top)
        } else if let offset = source.firstInvalidByte {
            let at = source.position(ofByte: offset)
            reader.fail(.encoding, "the file is not UTF-8", Span(at, at))
        }
        let root = reader.failed ? nil : reader.read()
        return (reader.failed ? nil : root, reader.diagnostics)
    }
}

/// One pass over the events of one file.
struct YAMLReader {
    let source: SourceFile
    private let events = YAMLEvents()
    var diagnostics: [Diagnostic] = []
    var failed = false
    var nodes = 0
    let maximumNodes: Int

    init(_ source: SourceFile, _ maximumNodes: Int) {
        self.source = source
        self.maximumNodes = maximumNodes
    }

    mutating func report(
        _ code: DiagnosticCode, _ message: String, _ span: Span, _ label: String = "", notes: [String] = []
    ) {
        diagnostics.append(Diagnostic(code, message, in: source.name, at: span, label: label, notes: notes))
    }
    mutating func fail(_ code: DiagnosticCode, _ message: String, _ span: Span, notes: [String] = []) {
        if !failed { report(code, message, span, notes: notes) }
        failed = true
    }

    mutating func read() -> YAMLNode? {
        source.bytes.withUnsafeBufferPointer { bytes in
            guard events.begin(bytes) else {
                fail(.syntax, "out of memory", .top)
                return nil
            }
            return document()
        }
    }
    mutating func document() -> YAMLNode? {
        var root: YAMLNode?
        var documents = 0
        while !failed {
            let event = next()
            switch event.kind {
            case .finish:
                if root == nil { fail(.wrongShape, "the file is empty", .top) }
                return root
            case .document:
                documents += 1
                if documents > 1 {
                    fail(.documents, "a second document begins here", event.span)
                    return root
                }
                root = node(next(), 0)
                root?.hasDirectives = event.hasDirectives
            default: continue
            }
        }
        return root
    }
    /// Returns the next event, and reports its tag and anchor as errors. After a syntax error it returns `finish`.
    mutating func next() -> YAMLEvent {
        guard let event = events.next() else {
            syntax()
            return YAMLEvent(kind: .finish, span: .top)
        }
        if let tag = event.tag {
            let long = "tag:yaml.org,2002:"
            let shown = tag.hasPrefix(long) ? "!!" + tag.dropFirst(long.count) : tag
            refuse(.tag, "`\(shown)` is a tag of YAML", event.span)
        }
        if let anchor = event.anchor { refuse(.mergeKey, "`&\(anchor)` is an anchor of YAML", event.span) }
        return event
    }
    /// Reports a tag, an anchor or an alias. A tag sets a value's type, which here follows from its place in the
    /// document. A value that begins with `!`, `&` or `*` was mostly meant as text.
    mutating func refuse(_ code: DiagnosticCode, _ message: String, _ span: Span) {
        report(code, message, Span(span.start, span.start), "put quotes around the whole value")
    }
    mutating func syntax() {
        let problem = events.problem
        // The parser reports bytes that are not text by their offset only.
        let at = problem.position ?? source.position(ofByte: problem.offset)
        let notes = problem.beginning.map { ["it began at \($0.line):\($0.column)"] } ?? []
        fail(.syntax, problem.text, Span(at, at), notes: notes)
    }
    /// Counts a node. `depth`: the depth inside it, if it is a map or list. Returns false if there are too many nodes,
    /// or if the nesting is too deep.
    mutating func admit(_ span: Span, depth: Int = 0) -> Bool {
        nodes += 1
        if nodes > maximumNodes { fail(.tooManyNodes, "more than \(maximumNodes) nodes", span) }
        if depth > YAMLTree.maximumDepth {
            fail(.tooDeep, "nested deeper than \(YAMLTree.maximumDepth) levels", Span(span.start, span.start))
        }
        return !failed
    }
    /// Reads a node with everything inside it; `depth` maps and lists surround it.
    mutating func node(_ event: YAMLEvent, _ depth: Int) -> YAMLNode? {
        let span = event.span
        switch event.kind {
        case .scalar, .alias:
            guard admit(span) else { return nil }
            if event.kind == .alias { refuse(.mergeKey, "`*\(event.text)` is an alias of YAML", span) }
            return YAMLNode(
                content: .scalar(event.text, isQuoted: event.style != .plain), span: span, style: event.style)
        case .sequence: return admit(span, depth: depth + 1) ? sequence(event, depth) : nil
        case .mapping: return admit(span, depth: depth + 1) ? mapping(event, depth) : nil
        default:
            fail(.syntax, "a value is missing", span)
            return nil
        }
    }
    mutating func sequence(_ start: YAMLEvent, _ depth: Int) -> YAMLNode? {
        var items: [YAMLNode] = []
        while true {
            let event = next()
            if failed { return nil }
            if event.kind == .end {
                let span = Span(start.span.start, event.span.end)
                return YAMLNode(content: .sequence(items), span: span, isFlow: start.isFlow)
            }
            guard let item = node(event, depth + 1) else { return nil }
            items.append(item)
        }
    }
    mutating func mapping(_ start: YAMLEvent, _ depth: Int) -> YAMLNode? {
        var members: [YAMLNode.Member] = []
        /// The index in `members` of the last key, by its lower-case form. A reader of the file could confuse keys that
        /// differ only in case.
        var folded = [String: Int](minimumCapacity: 8)
        while true {
            let event = next()
            if failed { return nil }
            let (key, span) = (event.text, event.span)
            if event.kind == .end {
                return YAMLNode(
                    content: .mapping(members), span: Span(start.span.start, span.end), isFlow: start.isFlow)
            }
            guard event.kind == .scalar else {
                fail(.wrongShape, "a key must be a word", span)
                return nil
            }
            guard admit(span) else { return nil }
            let inner = next()
            if failed { return nil }
            guard let value = node(inner, depth + 1) else { return nil }
            if key == "<<" {
                report(.mergeKey, "merge keys are not used here", span)
                continue
            }
            let word = key.lowercased()
            if let last = folded.updateValue(members.count, forKey: word) {
                let first = members.first { $0.key == key }
                let other = first ?? members[last]
                report(
                    .duplicateKey,
                    first == nil
                        ? "key `\(key)` differs from `\(other.key)` in its case only" : "key `\(key)` appears twice",
                    span, "again here",
                    notes: ["first at \(other.keySpan.start.line):\(other.keySpan.start.column)"])
                if first != nil {
                    folded[word] = last
                    continue
                }
            }
            members.append(YAMLNode.Member(key: key, keySpan: span, value: value, keyStyle: event.style))
        }
    }
}
