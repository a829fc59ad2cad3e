internal import CYAML

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
        /// What it holds.
        public var value: YAMLNode
    }
    /// What it is.
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
    /// In words.
    var shape: String {
        switch content {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a map"
        }
    }
}

/// Reads YAML by libyaml's events, so that nothing is guessed and everything has a place.
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
    var parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    var anchors: [String: YAMLNode] = [:]
    var diagnostics: [Diagnostic] = []
    var failed = false
    var nodes = 0

    let maximumNodes: Int

    init(_ source: SourceFile, _ maximumNodes: Int) {
        self.source = source
        self.maximumNodes = maximumNodes
    }

    enum Event {
        case scalar(String, Bool, String?)
        case alias(String)
        case beginSequence(String?)
        case beginMapping(String?)
        case end
        case document
        case finish
        case other
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
        guard yaml_parser_initialize(parser) == 1 else {
            fail(.syntax, "out of memory", .top)
            parser.deallocate()
            return nil
        }
        defer {
            yaml_parser_delete(parser)
            parser.deallocate()
        }
        return source.bytes.withUnsafeBufferPointer { p in
            yaml_parser_set_input_string(parser, p.baseAddress, p.count)
            return document()
        }
    }
    mutating func document() -> YAMLNode? {
        var root: YAMLNode?
        var documents = 0
        while !failed {
            let (event, span) = next()
            switch event {
            case .finish:
                if root == nil { fail(.wrongShape, "the file is empty", .top) }
                return root
            case .document:
                documents += 1
                if documents > 1 {
                    fail(.documents, "a second document begins here", span)
                    return root
                }
                let (event, span) = next()
                root = node(event, span, 0)
            default: continue
            }
        }
        return root
    }
    static func position(_ m: yaml_mark_t) -> Position { Position(line: Int(m.line) + 1, column: Int(m.column) + 1) }

    mutating func next() -> (Event, Span) {
        var e = yaml_event_t()
        guard yaml_parser_parse(parser, &e) == 1 else {
            syntax()
            return (.finish, .top)
        }
        defer { yaml_event_delete(&e) }
        let span = Span(Self.position(e.start_mark), Self.position(e.end_mark))
        refuseTag(&e, span)
        func text(_ p: UnsafeMutablePointer<yaml_char_t>?) -> String? { p.map { String(cString: $0) } }
        switch e.type {
        case YAML_SCALAR_EVENT:
            let s = e.data.scalar
            let value = s.value.map {
                String(decoding: UnsafeBufferPointer(start: $0, count: s.length), as: UTF8.self)
            }
            return (.scalar(value ?? "", s.style != YAML_PLAIN_SCALAR_STYLE, text(s.anchor)), span)
        case YAML_ALIAS_EVENT: return (.alias(text(e.data.alias.anchor) ?? ""), span)
        case YAML_SEQUENCE_START_EVENT: return (.beginSequence(text(e.data.sequence_start.anchor)), span)
        case YAML_MAPPING_START_EVENT: return (.beginMapping(text(e.data.mapping_start.anchor)), span)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return (.end, span)
        case YAML_DOCUMENT_START_EVENT: return (.document, span)
        case YAML_STREAM_END_EVENT: return (.finish, span)
        default: return (.other, span)
        }
    }
    /// Tags say what a value is; here its place does, and what begins with `!` was mostly meant as text.
    mutating func refuseTag(_ e: inout yaml_event_t, _ span: Span) {
        let tag =
            switch e.type {
            case YAML_SCALAR_EVENT: e.data.scalar.tag
            case YAML_SEQUENCE_START_EVENT: e.data.sequence_start.tag
            case YAML_MAPPING_START_EVENT: e.data.mapping_start.tag
            default: nil as UnsafeMutablePointer<yaml_char_t>?
            }
        guard let tag else { return }
        let long = "tag:yaml.org,2002:"
        let name = String(cString: tag)
        let shown = name.hasPrefix(long) ? "!!" + name.dropFirst(long.count) : name
        report(.tag, "`\(shown)` is a tag of YAML", Span(span.start, span.start), "put quotes around the whole value")
    }
    mutating func syntax() {
        let p = parser.pointee
        let problem = p.problem.map { String(cString: $0) } ?? "not YAML"
        let context = p.context.map { " " + String(cString: $0) } ?? ""
        // Bytes that are no text at all are told by their offset.
        let at =
            p.error == YAML_READER_ERROR ? source.position(ofByte: p.problem_offset) : Self.position(p.problem_mark)
        var notes: [String] = []
        if p.context != nil,
            p.context_mark.line != p.problem_mark.line || p.context_mark.column != p.problem_mark.column
        {
            let c = Self.position(p.context_mark)
            notes.append("it began at \(c.line):\(c.column)")
        }
        fail(.syntax, problem + context, Span(at, at), notes: notes)
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
    mutating func node(_ event: Event, _ span: Span, _ depth: Int) -> YAMLNode? {
        var made: YAMLNode
        let anchor: String?
        switch event {
        case .scalar(let text, let quoted, let name):
            made = YAMLNode(content: .scalar(text, isQuoted: quoted), span: span)
            anchor = name
            guard admit(1, span) else { return nil }
        case .alias(let name):
            guard let known = anchors[name] else {
                fail(.syntax, "no anchor is called \(name)", span)
                return nil
            }
            guard admit(known.count, span), descend(depth + known.height, span) else { return nil }
            return known
        case .beginSequence(let name):
            guard admit(1, span), descend(depth + 1, span), let s = sequence(span, depth) else { return nil }
            made = s
            anchor = name
        case .beginMapping(let name):
            guard admit(1, span), descend(depth + 1, span), let m = mapping(span, depth) else { return nil }
            made = m
            anchor = name
        default:
            fail(.syntax, "a value is missing", span)
            return nil
        }
        if let anchor { anchors[anchor] = made }
        return made
    }
    mutating func sequence(_ start: Span, _ depth: Int) -> YAMLNode? {
        var items: [YAMLNode] = []
        var count = 1
        var height = 0
        while true {
            let (event, span) = next()
            if failed { return nil }
            if case .end = event {
                return YAMLNode(
                    content: .sequence(items), span: Span(start.start, span.end), count: count, height: height + 1)
            }
            guard let item = node(event, span, depth + 1) else { return nil }
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
            let (event, span) = next()
            if failed { return nil }
            if case .end = event {
                return YAMLNode(
                    content: .mapping(members), span: Span(start.start, span.end), count: count, height: height + 1)
            }
            guard case .scalar(let key, _, _) = event else {
                fail(.wrongShape, "a key must be a word", span)
                return nil
            }
            guard admit(1, span) else { return nil }
            let (inner, innerSpan) = next()
            if failed { return nil }
            guard let value = node(inner, innerSpan, depth + 1) else { return nil }
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
