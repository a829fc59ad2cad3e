internal import CYAML

/// A node of a YAML file as it is written: with its style, and with anchors and aliases as such.
struct SyntaxNode {
    enum Content {
        case scalar(String, Style)
        case alias(String)
        case sequence([SyntaxNode])
        case mapping([Member])
    }
    struct Member {
        var key: SyntaxNode
        var value: SyntaxNode
    }
    enum Style {
        case plain
        case single
        case double
        /// `|` and `>`.
        case block
    }
    var content: Content
    /// In brackets or braces.
    var isFlow = false
    var anchor: String?
    /// That of a map or list in lines ends where the next one begins.
    var span: Span

    var isCollection: Bool {
        switch content {
        case .sequence, .mapping: true
        case .scalar, .alias: false
        }
    }
    var isEmpty: Bool {
        switch content {
        case .sequence(let items): items.isEmpty
        case .mapping(let members): members.isEmpty
        case .scalar, .alias: false
        }
    }
    var isBlockScalar: Bool { if case .scalar(_, .block) = content { true } else { false } }
    /// The first thing inside.
    var firstInside: Position? {
        switch content {
        case .sequence(let items): items.first?.span.start
        case .mapping(let members): members.first?.key.span.start
        case .scalar, .alias: nil
        }
    }
}

/// Reads a file that `YAMLTree` has taken: within its limits, without tags, with one document.
struct SyntaxReader {
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    /// `%YAML` or `%TAG` stands above the document.
    private(set) var hasDirectives = false

    /// The root; nil when libyaml gives up.
    static func read(_ source: SourceFile) -> (root: SyntaxNode, hasDirectives: Bool)? {
        var reader = SyntaxReader()
        guard yaml_parser_initialize(reader.parser) == 1 else {
            reader.parser.deallocate()
            return nil
        }
        defer {
            yaml_parser_delete(reader.parser)
            reader.parser.deallocate()
        }
        return source.bytes.withUnsafeBufferPointer { p in
            yaml_parser_set_input_string(reader.parser, p.baseAddress, p.count)
            while let event = reader.next() {
                if event.type == YAML_STREAM_END_EVENT { return nil }
                guard event.type == YAML_DOCUMENT_START_EVENT else { continue }
                guard let first = reader.next(), let root = reader.node(first, 0) else { return nil }
                return (root, reader.hasDirectives)
            }
            return nil
        }
    }

    private struct Event {
        var type: yaml_event_type_t
        var span: Span
        var text = ""
        var anchor: String?
        var style = SyntaxNode.Style.plain
        var isFlow = false
    }
    private static func position(_ m: yaml_mark_t) -> Position {
        Position(line: Int(m.line) + 1, column: Int(m.column) + 1)
    }
    private mutating func next() -> Event? {
        var e = yaml_event_t()
        guard yaml_parser_parse(parser, &e) == 1 else { return nil }
        defer { yaml_event_delete(&e) }
        var out = Event(type: e.type, span: Span(Self.position(e.start_mark), Self.position(e.end_mark)))
        func text(_ p: UnsafeMutablePointer<yaml_char_t>?) -> String? { p.map { String(cString: $0) } }
        switch e.type {
        case YAML_DOCUMENT_START_EVENT:
            let d = e.data.document_start
            if d.version_directive != nil || d.tag_directives.start != d.tag_directives.end { hasDirectives = true }
        case YAML_SCALAR_EVENT:
            let s = e.data.scalar
            out.text =
                s.value.map { String(decoding: UnsafeBufferPointer(start: $0, count: s.length), as: UTF8.self) } ?? ""
            out.anchor = text(s.anchor)
            switch s.style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: out.style = .single
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: out.style = .double
            case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: out.style = .block
            default: out.style = .plain
            }
        case YAML_ALIAS_EVENT: out.text = text(e.data.alias.anchor) ?? ""
        case YAML_SEQUENCE_START_EVENT:
            out.anchor = text(e.data.sequence_start.anchor)
            out.isFlow = e.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
        case YAML_MAPPING_START_EVENT:
            out.anchor = text(e.data.mapping_start.anchor)
            out.isFlow = e.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
        default: break
        }
        return out
    }
    private mutating func node(_ e: Event, _ depth: Int) -> SyntaxNode? {
        guard depth <= YAMLTree.maximumDepth else { return nil }
        var made = SyntaxNode(content: .scalar(e.text, e.style), isFlow: e.isFlow, anchor: e.anchor, span: e.span)
        switch e.type {
        case YAML_SCALAR_EVENT: return made
        case YAML_ALIAS_EVENT: made.content = .alias(e.text)
        case YAML_SEQUENCE_START_EVENT:
            var items: [SyntaxNode] = []
            while let inner = next() {
                if inner.type == YAML_SEQUENCE_END_EVENT {
                    made.content = .sequence(items)
                    made.span.end = inner.span.end
                    return made
                }
                guard let item = node(inner, depth + 1) else { return nil }
                items.append(item)
            }
            return nil
        case YAML_MAPPING_START_EVENT:
            var members: [SyntaxNode.Member] = []
            while let inner = next() {
                if inner.type == YAML_MAPPING_END_EVENT {
                    made.content = .mapping(members)
                    made.span.end = inner.span.end
                    return made
                }
                guard let key = node(inner, depth + 1), let second = next(), let value = node(second, depth + 1) else {
                    return nil
                }
                members.append(SyntaxNode.Member(key: key, value: value))
            }
            return nil
        default: return nil
        }
        return made
    }
}
