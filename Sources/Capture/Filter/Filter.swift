public import Node
internal import Wire

/// A filter that selects records by their contents: `nano.keepalive and peers.port == 7075 or violation`.
///
/// A test is a value alone or a value with a condition. The conditions are `==`, `!=`, `<`, `<=`, `>`, `>=` (`eq`,
/// `ne`, `lt`, `le`, `gt`, `ge`) and `contains` with a second value, `in {a, b, 5..9}`, and `matches /expression/`.
/// `not in`, `not contains` and `not matches` negate them. `and`, `xor`, `or`, `not` (`&&`, `^^`, `||`, `!`) and
/// parentheses combine tests. `not` binds most tightly, then `and`, then `xor`. A field alone is true if the record has
/// it. The name of a message or a protocol alone is true for its records.
///
/// A value is a field, a literal, or computed from others. It can be a part (`f[0:4]`, see `FilterSlice`), `len(f)`,
/// `count(f)`, `lower(f)`, `upper(f)`, or the result of an operator. The operators are `*`, `/`, `%`, then `+`, `-`,
/// then `&`, from the tightest binding to the loosest, with blanks around them. An operation without a result, such as
/// a division by zero, yields no value.
///
/// Fields are the fields of the message descriptions, as in the JSON of records (`response.node_id`, `peers[0].port`).
/// `fields.` or the name of a message may precede them. Every record also has the fields of `RecordField`. If a field
/// has several values (`peers.port`, `port`), a test holds if one value passes. `!=` and tests with `not` need all
/// values to pass, and at least one value. `any` or `all` before a test overrides this. A test of an absent field is
/// false.
///
/// Literals have the type of their field. There are numbers (decimal or `0x`), names of code points, bytes as
/// hexadecimal digits with or without `0x`, and addresses (`10.0.0.2`, `10.0.0.2:7075`, `10.0.0.0/8`). There are times
/// (`2026-01-02T03:04:05Z`, or seconds since the first packet, also `500ms`), and text with or without quotes. A
/// regular expression after `matches` may match any part of a text and ignores case. A field with a `FieldMeaning` also
/// accepts the notation of that meaning.
public struct Filter: Sendable {
    /// The maximum length of a filter's text in Unicode scalars.
    public static let maximumLength = 65_536

    /// The names of the fields that every record has besides the fields of its message.
    public static var recordFields: [String] { RecordField.allCases.map(\.rawValue) }
    /// The filter as it was written.
    public let text: String
    /// True if it names messages of layers, such as `libp2p.identify`. Captures list most of them only on request.
    public let namesLayers: Bool
    /// True if it tests which message answers which, so that a sink with the filter wants answers.
    public let testsAnswers: Bool
    private let root: FilterNode

    /// Reads a filter for the messages of some protocols. Throws an error with its position in the text.
    public init(_ text: String, _ definitions: [Definition]) throws(FilterError) {
        self.text = text
        guard text.unicodeScalars.count <= Self.maximumLength else {
            throw FilterError(message: "longer than \(Self.maximumLength) characters", range: 0..<0)
        }
        let names = FilterNames(definitions)
        var parser = try FilterParser(text)
        root = try FilterCompiler(names: names).node(
            parser.whole(example: "message == \(names.messages.first ?? "x")"))
        namesLayers = names.hasNamedLayers
        testsAnswers = names.hasAnswers
    }

    /// Returns true if the filter selects a record with these bytes. Dissects the record only if its type has a field
    /// that the filter tests.
    public func matches(_ record: borrowing Record, _ bytes: RawSpan) -> Bool {
        var opened: DissectedRecord?
        return matches(record, bytes, &opened)
    }
    /// Returns the same, and sets `opened` if it dissected the record.
    func matches(_ record: borrowing Record, _ bytes: RawSpan, _ opened: inout DissectedRecord?) -> Bool {
        root.holds(record, bytes, &opened)
    }
}
