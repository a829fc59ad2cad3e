internal import CYAML

/// One event of a YAML file, with its position.
struct YAMLEvent {
    enum Kind {
        case scalar
        case alias
        case sequence
        case mapping
        /// The end of the innermost map or list.
        case end
        case document
        case finish
        case other
    }
    enum Style {
        case plain
        case single
        case double
        /// A block scalar, `|` or `>`.
        case block
    }
    var kind = Kind.other
    var span: Span
    /// The text of a scalar, or the anchor name of an alias.
    var text = ""
    var anchor: String?
    var tag: String?
    var style = Style.plain
    /// True for a map or list in braces or brackets.
    var isFlow = false
    /// True if `%YAML` or `%TAG` precedes the document.
    var hasDirectives = false
}

/// A reader of the events of a YAML file in order. It is the only caller of libyaml.
final class YAMLEvents {
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    private var isInitialized = false

    deinit {
        if isInitialized { yaml_parser_delete(parser) }
        parser.deallocate()
    }
    /// Begins to read. Returns false if memory is exhausted. `bytes` must remain valid until the last event.
    func begin(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        isInitialized = yaml_parser_initialize(parser) == 1
        if isInitialized { yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count) }
        return isInitialized
    }
    /// Returns the next event; nil if the following bytes are not valid YAML. `problem` then has the reason.
    func next() -> YAMLEvent? {
        var e = yaml_event_t()
        guard yaml_parser_parse(parser, &e) == 1 else { return nil }
        defer { yaml_event_delete(&e) }
        var out = YAMLEvent(span: Span(Self.position(e.start_mark), Self.position(e.end_mark)))
        func text(_ p: UnsafeMutablePointer<yaml_char_t>?) -> String? { p.map { String(cString: $0) } }
        switch e.type {
        case YAML_SCALAR_EVENT:
            let s = e.data.scalar
            out.kind = .scalar
            out.text =
                s.value.map { String(decoding: UnsafeBufferPointer(start: $0, count: s.length), as: UTF8.self) } ?? ""
            (out.anchor, out.tag) = (text(s.anchor), text(s.tag))
            switch s.style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: out.style = .single
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: out.style = .double
            case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: out.style = .block
            default: break
            }
        case YAML_ALIAS_EVENT: (out.kind, out.text) = (.alias, text(e.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            let s = e.data.sequence_start
            (out.kind, out.anchor, out.tag) = (.sequence, text(s.anchor), text(s.tag))
            out.isFlow = s.style == YAML_FLOW_SEQUENCE_STYLE
        case YAML_MAPPING_START_EVENT:
            let m = e.data.mapping_start
            (out.kind, out.anchor, out.tag) = (.mapping, text(m.anchor), text(m.tag))
            out.isFlow = m.style == YAML_FLOW_MAPPING_STYLE
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: out.kind = .end
        case YAML_DOCUMENT_START_EVENT:
            let d = e.data.document_start
            out.kind = .document
            out.hasDirectives = d.version_directive != nil || d.tag_directives.start != d.tag_directives.end
        case YAML_STREAM_END_EVENT: out.kind = .finish
        default: break
        }
        return out
    }

    /// The reason why there is no next event, and its position. If `position` is nil, the bytes at `offset` are not
    /// text. `beginning` is the start of the faulty construct if that is elsewhere.
    var problem: (text: String, position: Position?, offset: Int, beginning: Position?) {
        let p = parser.pointee
        let context = p.context.map { " " + String(cString: $0) } ?? ""
        let isElsewhere =
            p.context != nil
            && (p.context_mark.line != p.problem_mark.line || p.context_mark.column != p.problem_mark.column)
        return (
            (p.problem.map { String(cString: $0) } ?? "not YAML") + context,
            p.error == YAML_READER_ERROR ? nil : Self.position(p.problem_mark), p.problem_offset,
            isElsewhere ? Self.position(p.context_mark) : nil
        )
    }
    private static func position(_ m: yaml_mark_t) -> Position {
        Position(line: Int(m.line) + 1, column: Int(m.column) + 1)
    }
}
