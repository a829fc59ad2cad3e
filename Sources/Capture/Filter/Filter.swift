public import Node
internal import Wire

/// Chooses records by what they say: `nano.keepalive and peers.port == 7075 or violation`.
///
/// A test is a value, or two and a comparison: `==`, `!=`, `<`, `<=`, `>`, `>=` (`eq`, `ne`, `lt`, `le`, `gt`, `ge`),
/// `contains`; or a value and `in {a, b, 5..9}` or `matches /expression/`, both also behind `not`. Tests are combined by
/// `and`, `xor`, `or`, `not` (`&&`, `^^`, `||`, `!`) and parentheses; `not` binds tightest, then `and`, then `xor`. A
/// field alone asks whether it is there; the name of a message or of a protocol asks for these.
///
/// A value is a field, a literal, or made of others: a part (`f[0:4]`, see `FilterSlice`), `len(f)`, `count(f)`,
/// `lower(f)`, `upper(f)`, or the result of `*`, `/`, `%`, then `+`, `-`, then `&`, which bind in this order and stand
/// between blanks. What has no result, such as a division by zero, is no value.
///
/// Fields are those of the message descriptions, as in the JSON of records (`response.node_id`, `peers[0].port`), with
/// or without `fields.` or the name of a message before them, and those of every record (`RecordField`). Where a field
/// has several values (`peers.port`, `port`), one that passes is enough; `!=` and tests with `not` want all to differ,
/// of at least one. `any` or `all` before a test says it otherwise. A test of a field that is absent is false.
///
/// Literals have the type of their field: numbers (decimal or `0x`), names of code points, bytes as hexadecimal digits
/// with or without `0x`, addresses (`10.0.0.2`, `10.0.0.2:7075`, `10.0.0.0/8`), times (`2026-01-02T03:04:05Z`, or
/// seconds since the first packet, also `500ms`), text with or without quotes, `/expressions/` that fit the whole of a
/// text, small and capital letters being the same; and what people write for a field with a `FieldMeaning`.
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
        let names = FilterNames(definitions)
        var parser = try FilterParser(text)
        root = try FilterCompiler(names: names).node(
            parser.whole(example: "message == \(names.messages.first ?? "x")"))
    }

    /// Whether a record is chosen; `bytes` are the record's. It is taken apart only where its type has a field that is
    /// asked for.
    public func matches(_ record: borrowing Record, _ bytes: RawSpan) -> Bool {
        var opened: DissectedRecord?
        return matches(record, bytes, &opened)
    }
    /// The same; `opened` is set if the record was taken apart.
    func matches(_ record: borrowing Record, _ bytes: RawSpan, _ opened: inout DissectedRecord?) -> Bool {
        root.holds(record, bytes, &opened)
    }
}
