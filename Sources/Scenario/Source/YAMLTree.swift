/// A node of a YAML file, with where it stands. Scalars keep their text: what they are is decided where they land.
public struct YAMLNode: Sendable {
    /// What a node is.
    public enum Content: Sendable {
        /// `isQuoted`: in quotes or a block, so that an empty or `null`-like text is meant as text.
        case scalar(String, isQuoted: Bool)
        case sequence([YAMLNode])
        case mapping([Member])
    }
    /// A key with its value.
    public struct Member: Sendable {
        /// The key; unique in its map.
        public var key: String
        /// Where the key stands.
        public var keySpan: Span
        public var value: YAMLNode
    }
    public var content: Content
    /// Where it stands; of an alias, where its anchor is.
    public var span: Span
    /// Nodes in here, those of aliases counted each time.
    var count = 1
    /// Maps and lists inside one another, this one included.
    var height = 0
    /// The value of a key.
    public subscript(key: String) -> YAMLNode? {
        guard case .mapping(let members) = content else { return nil }
        return members.first { $0.key == key }?.value
    }
    var shape: String {
        switch content {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a map"
        }
    }
}

/// Reads YAML event by event, so that nothing is guessed and everything has a position.
public enum YAMLTree {
    /// Bytes of a file.
    public static let maximumSize = 1 << 20
    /// Maps and lists inside one another.
    public static let maximumDepth = 64
    /// Nodes of a file, those of aliases counted each time.
    public static let maximumNodes = 10_000

    /// The tree of a file; nil with at least one error when there is none.
    public static func read(_ source: SourceFile) -> (root: YAMLNode?, diagnostics: [Diagnostic]) {
        read(source, maximumSize: maximumSize, maximumNodes: maximumNodes)
    }
    /// The same with other limits, for files that this program writes.
    static func read(
        _ source: SourceFile, maximumSize: Int, maximumNodes: Int
    ) -> (root: YAMLNode?, diagnostics: [Diagnostic]) {
        guard source.bytes.count <= maximumSize else {
            return (
                nil,
                [
                    Diagnostic(
                        .tooLarge, "the file has \(source.bytes.count) bytes, at most \(maximumSize) are read",
                        in: source.name, at: .top)
                ]
            )
        }
        if let offset = source.firstInvalidByte {
            let at = source.position(ofByte: offset)
            return (nil, [Diagnostic(.encoding, "the file is not UTF-8", in: source.name, at: Span(at, at))])
        }
        var reader = YAMLReader(source, maximumNodes)
        let root = reader.read()
        return (reader.diagnostics.contains { $0.severity == .error } && reader.failed ? nil : root, reader.diagnostics)
    }
}

/// One pass over the events of one file.
struct YAMLReader {
    let source: SourceFile
    private let events = YAMLEvents()
    var anchors: [String: YAMLNode] = [:]
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
            default: continue
            }
        }
        return root
    }
    /// The next event, whose tag is refused; `finish` behind an error.
    mutating func next() -> YAMLEvent {
        guard let event = events.next() else {
            syntax()
            return YAMLEvent(kind: .finish, span: .top)
        }
        if let tag = event.tag { refuse(tag, event.span) }
        return event
    }
    /// Tags say what a value is; here its place does, and what begins with `!` was mostly meant as text.
    mutating func refuse(_ tag: String, _ span: Span) {
        let long = "tag:yaml.org,2002:"
        let shown = tag.hasPrefix(long) ? "!!" + tag.dropFirst(long.count) : tag
        report(.tag, "`\(shown)` is a tag of YAML", Span(span.start, span.start), "put quotes around the whole value")
    }
    mutating func syntax() {
        let problem = events.problem
        // Bytes that are no text at all are told by their offset.
        let at = problem.position ?? source.position(ofByte: problem.offset)
        let notes = problem.beginning.map { ["it began at \($0.line):\($0.column)"] } ?? []
        fail(.syntax, problem.text, Span(at, at), notes: notes)
    }
    /// Counts a node in; false when there are too many.
    mutating func admit(_ count: Int, _ span: Span) -> Bool {
        nodes += count
        if nodes > maximumNodes {
            fail(.tooManyNodes, "more than \(maximumNodes) nodes, aliases expanded", span)
        }
        return !failed
    }
    /// False when maps and lists are nested too deeply.
    mutating func descend(_ depth: Int, _ span: Span) -> Bool {
        guard depth > YAMLTree.maximumDepth else { return true }
        fail(.tooDeep, "nested deeper than \(YAMLTree.maximumDepth) levels", Span(span.start, span.start))
        return false
    }
    /// A node and all in it; `depth` maps and lists are around it.
    mutating func node(_ event: YAMLEvent, _ depth: Int) -> YAMLNode? {
        let span = event.span
        var made: YAMLNode
        switch event.kind {
        case .scalar:
            made = YAMLNode(content: .scalar(event.text, isQuoted: event.style != .plain), span: span)
            guard admit(1, span) else { return nil }
        case .alias:
            guard let known = anchors[event.text] else {
                fail(.syntax, "no anchor is called \(event.text)", span)
                return nil
            }
            guard admit(known.count, span), descend(depth + known.height, span) else { return nil }
            return known
        case .sequence:
            guard admit(1, span), descend(depth + 1, span), let s = sequence(span, depth) else { return nil }
            made = s
        case .mapping:
            guard admit(1, span), descend(depth + 1, span), let m = mapping(span, depth) else { return nil }
            made = m
        default:
            fail(.syntax, "a value is missing", span)
            return nil
        }
        if let anchor = event.anchor { anchors[anchor] = made }
        return made
    }
    mutating func sequence(_ start: Span, _ depth: Int) -> YAMLNode? {
        var items: [YAMLNode] = []
        var count = 1
        var height = 0
        while true {
            let event = next()
            if failed { return nil }
            if event.kind == .end {
                let span = Span(start.start, event.span.end)
                return YAMLNode(content: .sequence(items), span: span, count: count, height: height + 1)
            }
            guard let item = node(event, depth + 1) else { return nil }
            count += item.count
            height = max(height, item.height)
            items.append(item)
        }
    }
    mutating func mapping(_ start: Span, _ depth: Int) -> YAMLNode? {
        var members: [YAMLNode.Member] = []
        var seen: [String: Span] = [:]
        /// Keys by what they are without their case: who reads the file would take them for one.
        var folded: [String: String] = [:]
        var count = 1
        var height = 0
        while true {
            let event = next()
            if failed { return nil }
            let (key, span) = (event.text, event.span)
            if event.kind == .end {
                return YAMLNode(
                    content: .mapping(members), span: Span(start.start, span.end), count: count, height: height + 1)
            }
            guard event.kind == .scalar else {
                fail(.wrongShape, "a key must be a word", span)
                return nil
            }
            guard admit(1, span) else { return nil }
            let inner = next()
            if failed { return nil }
            guard let value = node(inner, depth + 1) else { return nil }
            count += 1 + value.count
            height = max(height, value.height)
            if key == "<<" {
                report(.mergeKey, "merge keys are not used here", span)
            } else if let first = seen[key] {
                report(
                    .duplicateKey, "key `\(key)` appears twice", span, "again here",
                    notes: ["first at \(first.start.line):\(first.start.column)"])
            } else {
                if let other = folded[key.lowercased()] {
                    report(
                        .duplicateKey, "key `\(key)` differs from `\(other)` in its case only", span, "again here",
                        notes: seen[other].map { ["first at \($0.start.line):\($0.start.column)"] } ?? [])
                }
                seen[key] = span
                folded[key.lowercased()] = key
                members.append(YAMLNode.Member(key: key, keySpan: span, value: value))
            }
        }
    }
}
