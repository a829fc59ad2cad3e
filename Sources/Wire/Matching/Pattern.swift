/// An order relation between two values.
public enum Comparison: String, Hashable, Sendable {
    case less = "$lt"
    case lessOrEqual = "$le"
    case greater = "$gt"
    case greaterOrEqual = "$ge"

    /// The mathematical symbol.
    var symbol: String {
        switch self {
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        }
    }
}

/// A description of a field or a message, parsed once and matched often.
///
/// Values are compared as the field's type reads them: `dev` is the code point of that name, `0x03` is 3, bytes are
/// their content. A value that the type cannot read is a mismatch with a reason, under `not` too. A list without
/// elements counts as missing. A name that the message does not have is a missing field. A missing protobuf field
/// without explicit presence also equals its default.
public indirect enum Pattern: Hashable, Sendable {
    /// A field that is present, with any value.
    case any
    /// A missing field.
    case absent
    /// A value equal to this one as the field's type reads it; `.null` is a missing field.
    case equal(Value)
    /// A value before or after this one: numbers, text and bytes (byte by byte). A missing field is neither.
    case compare(Comparison, Value)
    /// One of these values.
    case among([Value])
    /// Everything that does not match this pattern, and a missing field. Values of `save` in it are dropped. If only a
    /// `hand` decides the match, the values are handed out and the caller negates.
    case not(Pattern)
    /// Values that match every one of these patterns.
    case all([Pattern])
    /// A missing field, or one that matches this pattern.
    case optional(Pattern)
    /// A value whose number of elements, bytes or characters matches this pattern.
    case length(Pattern)
    /// A field that is present. Its value is returned under a name; the value of a group is the tree of its fields.
    case save(String)
    /// A field, present or not, whose value is handed out under a number: the caller decides.
    case hand(Int)
    /// A group with at least these members. If it is closed, no other optional member may be present.
    case fields([Field], isClosed: Bool)
    /// Text or bytes that begin with this value.
    case prefix(Value)
    /// Text or bytes that end with this value.
    case suffix(Value)
    /// A text that fits the expression as a whole.
    case expression(RegularExpression)
    /// A number or code point that has the bits `set` and does not have the bits `clear`.
    case bits(set: UInt64, clear: UInt64)
    /// A number that differs from this one by at most `by`.
    case near(Value, by: Value)
    /// Text or bytes that contain this text or these bytes (`equal` and `among` only); or a list with an element that
    /// matches this pattern. The values of the first such element are saved and handed out.
    case contains(Pattern)
    /// A list whose elements all match this pattern; an empty list does. It saves a list of values under each name.
    case each(Pattern)
    /// A list whose first element matches this pattern.
    case first(Pattern)
    /// A list of exactly these elements, at most `maximumUnordered`, in any order.
    case unordered([Pattern])
    /// A list of exactly these elements.
    case items([Pattern])

    /// The maximum number of elements of `unordered`.
    public static let maximumUnordered = 64

    /// One member of a group.
    public struct Field: Hashable, Sendable {
        /// The field's name, one step of a path.
        public var name: String
        /// The pattern for its value.
        public var pattern: Pattern
        public init(_ name: String, _ pattern: Pattern) {
            self.name = name
            self.pattern = pattern
        }
    }
}

extension Pattern: CustomStringConvertible {
    /// A text for people: `3`, `> 3`, `one of 1, 2`, `absent`, `not (3)`, `{port: 7075}`.
    public var description: String {
        switch self {
        case .any: return "anything"
        case .absent: return "absent"
        case .equal(.null): return "absent"
        case .equal(let v): return v.description
        case .compare(let c, let v): return "\(c.symbol) \(v)"
        case .among(let values): return "one of " + values.map(\.description).joined(separator: ", ")
        case .not(let p): return "not (\(p))"
        case .all(let patterns): return patterns.map(\.description).joined(separator: " and ")
        case .optional(let p): return "absent or (\(p))"
        case .length(let p): return "length \(p)"
        case .save(let name): return "anything (saved as \(name))"
        case .hand: return "what the check says"
        case .fields(let fields, let isClosed):
            let inner = fields.map { "\($0.name): \($0.pattern)" }.joined(separator: ", ")
            return isClosed ? "only {\(inner)}" : "{\(inner)}"
        case .prefix(let v): return "\(v) at the beginning"
        case .suffix(let v): return "\(v) at the end"
        case .expression(let e): return "text that fits \(e)"
        case .bits(let set, let clear):
            let wanted = [(set, "set"), (clear, "clear")].filter { $0.0 != 0 }
            return wanted.isEmpty
                ? "any bits"
                : "bits " + wanted.map { "0x\(String($0.0, radix: 16)) \($0.1)" }.joined(separator: " and ")
        case .near(let v, let by): return "\(v) or at most \(by) from it"
        case .contains(let p): return "\(p) in it"
        case .each(let p): return "each element \(p)"
        case .first(let p): return "the first element \(p)"
        case .unordered(let items): return Pattern.items(items).description + " in any order"
        case .items(let items): return "[" + items.map(\.description).joined(separator: ", ") + "]"
        }
    }
}

extension Pattern {
    /// The names under which `save` returns values, in order, each once.
    var saves: [String] {
        switch self {
        case .save(let name): [name]
        case .optional(let p), .length(let p), .contains(let p), .each(let p), .first(let p): p.saves
        case .all(let patterns), .items(let patterns), .unordered(let patterns): Self.saves(patterns)
        case .fields(let fields, _): Self.saves(fields.map(\.pattern))
        default: []
        }
    }
    private static func saves(_ patterns: [Pattern]) -> [String] {
        patterns.reduce(into: []) { all, p in all += p.saves.filter { !all.contains($0) } }
    }
}
