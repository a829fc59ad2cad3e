/// A node of a YAML file as it is written: with its style, and with anchors and aliases as such.
struct SyntaxNode {
    enum Content {
        case scalar(String, YAMLEvent.Style)
        case alias(String)
        case sequence([SyntaxNode])
        case mapping([Member])
    }
    struct Member {
        var key: SyntaxNode
        var value: SyntaxNode
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
    private let events = YAMLEvents()

    /// The root; nil when the file is no YAML. `hasDirectives`: `%YAML` or `%TAG` stands above the document.
    static func read(_ source: SourceFile) -> (root: SyntaxNode, hasDirectives: Bool)? {
        let reader = SyntaxReader()
        return source.bytes.withUnsafeBufferPointer { bytes in
            guard reader.events.begin(bytes) else { return nil }
            while let event = reader.events.next(), event.kind != .finish {
                guard event.kind == .document else { continue }
                guard let first = reader.events.next(), let root = reader.node(first, 0) else { return nil }
                return (root, event.hasDirectives)
            }
            return nil
        }
    }
    private func node(_ e: YAMLEvent, _ depth: Int) -> SyntaxNode? {
        guard depth <= YAMLTree.maximumDepth else { return nil }
        var made = SyntaxNode(content: .scalar(e.text, e.style), isFlow: e.isFlow, anchor: e.anchor, span: e.span)
        switch e.kind {
        case .scalar: return made
        case .alias: made.content = .alias(e.text)
        case .sequence:
            var items: [SyntaxNode] = []
            while let inner = events.next() {
                if inner.kind == .end {
                    made.content = .sequence(items)
                    made.span.end = inner.span.end
                    return made
                }
                guard let item = node(inner, depth + 1) else { return nil }
                items.append(item)
            }
            return nil
        case .mapping:
            var members: [SyntaxNode.Member] = []
            while let inner = events.next() {
                if inner.kind == .end {
                    made.content = .mapping(members)
                    made.span.end = inner.span.end
                    return made
                }
                guard let key = node(inner, depth + 1), let second = events.next(), let value = node(second, depth + 1)
                else { return nil }
                members.append(SyntaxNode.Member(key: key, value: value))
            }
            return nil
        default: return nil
        }
        return made
    }
}
