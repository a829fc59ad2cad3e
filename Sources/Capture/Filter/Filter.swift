public import Node
internal import Wire

/// Chooses records by what they say: `nano.keepalive and peers.port == 7075 or violation`.
///
/// A test is a field, or a field, a comparison and a literal: `==`, `!=`, `<`, `<=`, `>`, `>=`, `in {a, b, 5..9}`,
/// `contains`, `matches`. Tests are combined by `and`, `or`, `not` (`&&`, `||`, `!`) and parentheses; `not` binds
/// tightest, then `and`. A field alone asks whether it is there; the name of a message or of a protocol asks for these.
///
/// Fields are those of the message descriptions, as in the JSON of records (`response.node_id`, `peers[0].port`), with
/// or without `fields.` or the name of a message before them, and those of every record (`RecordField`). Where a field
/// has several values (`peers.port`, `port`), one that passes is enough; `!=` wants all to differ, of at least one. A
/// test of a field that is absent is false.
///
/// Literals have the type of their field: numbers (decimal or `0x`), names of code points, bytes as hexadecimal digits
/// with or without `0x`, addresses (`10.0.0.2`, `10.0.0.2:7075`, `10.0.0.0/8`), times (`2026-01-02T03:04:05Z`, or
/// seconds since the first packet, also `500ms`), text with or without quotes, `/expressions/` that fit the whole of a
/// text.
public struct Filter: Sendable {
    /// Scalars of a filter's text at most.
    public static let maximumLength = 65_536

    /// As it was written.
    public let text: String
    private let root: FilterNode

    /// Reads a filter over the messages of some protocols; throws what is wrong with it, and where.
    public init(_ text: String, _ definitions: [Definition]) throws(FilterError) {
        self.text = text
        guard text.unicodeScalars.count <= Self.maximumLength else {
            throw FilterError(message: "longer than \(Self.maximumLength) characters", range: 0..<0)
        }
        var parser = try FilterParser(text, FilterNames(definitions))
        root = try parser.whole()
    }

    /// Whether a record is chosen; `bytes` are the record's. It is taken apart only where its type has a field that is
    /// asked for.
    public func matches(_ record: borrowing Record, _ bytes: RawSpan) -> Bool {
        var opened: DissectedRecord?
        return matches(record, bytes, &opened)
    }
    /// The same; `opened` is set if the record was taken apart.
    func matches(_ record: borrowing Record, _ bytes: RawSpan, _ opened: inout DissectedRecord?) -> Bool {
        Self.holds(root, record, bytes, &opened)
    }

    private static func holds(
        _ node: FilterNode, _ record: borrowing Record, _ bytes: RawSpan, _ opened: inout DissectedRecord?
    )
        -> Bool
    {
        switch node {
        case .all(let nodes):
            for n in nodes where !holds(n, record, bytes, &opened) { return false }
            return true
        case .any(let nodes):
            for n in nodes where holds(n, record, bytes, &opened) { return true }
            return false
        case .not(let inner): return !holds(inner, record, bytes, &opened)
        case .protocolName(let name): return record.protocolName == name
        case .name(let name): return record.message == nil && record.name == name
        case .type(let type): return record.message.map { ObjectIdentifier($0) } == type
        case .record(let field, let test):
            if field.needsDissection { open(record, bytes, &opened) }
            return field.holds(test, record, opened?.notes ?? record.notes)
        case .message(let asked):
            guard let type = record.message, let (steps, test) = asked[ObjectIdentifier(type)] else { return false }
            open(record, bytes, &opened)
            guard let dissection = opened?.dissection else { return false }
            return holds(dissection, steps, test, bytes)
        }
    }
    private static func open(_ record: borrowing Record, _ bytes: RawSpan, _ opened: inout DissectedRecord?) {
        if opened == nil { opened = DissectedRecord(record, bytes) }
    }
    private static func holds(_ dissection: Dissection, _ steps: [FilterStep], _ test: FilterTest, _ bytes: RawSpan)
        -> Bool
    {
        var isThere = false
        func passes(_ value: FilterValue) -> Bool {
            isThere = true
            return test.holds(value)
        }
        let found = dissection.any(steps[...]) { i, rest in
            let node = dissection.nodes[i]
            if case .present = test {
                return rest.isEmpty || dissection.value(of: i, in: bytes).any(rest) { $0 != .null }
            }
            guard node.shape == .leaf else { return false }
            switch node.type.kind {
            case .code(_, let names) where rest.isEmpty:
                let name = names.first { $0.number == node.number }?.name
                return passes(.code(Int128(node.number), name ?? "\(node.number)"))
            case .json:
                return dissection.value(of: i, in: bytes).any(rest) { FilterValue($0).map(passes) ?? false }
            default:
                guard rest.isEmpty, let value = FilterValue(dissection.value(of: i, in: bytes)) else { return false }
                return passes(value)
            }
        }
        return test.isContrary ? isThere && !found : found
    }
}
