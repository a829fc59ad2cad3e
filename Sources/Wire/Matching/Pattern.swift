/// How two values are put in order.
public enum Comparison: String, Hashable, Sendable {
    /// Below.
    case less = "$lt"
    /// Not above.
    case lessOrEqual = "$le"
    /// Above.
    case greater = "$gt"
    /// Not below.
    case greaterOrEqual = "$ge"

    /// As mathematics writes it.
    var symbol: String {
        switch self {
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        }
    }
}

/// What a field or a message should look like, parsed once and matched often.
///
/// Values are compared as the field's type reads them: `dev` is the code point of that name, `0x03` is 3, bytes are
/// their content. A value that the type cannot read is a mismatch that says so, under `not` too. A list without
/// elements counts as absent. A name that the message does not have is an absent field. A protobuf field without explicit
/// presence that is absent is also equal to its default.
public indirect enum Pattern: Hashable, Sendable {
    /// Present, whatever it is.
    case any
    /// Not there.
    case absent
    /// Equal to this value as the field's type reads it; `.null` is absent.
    case equal(Value)
    /// Before or after this value: numbers, text and bytes (byte by byte). An absent field is neither.
    case compare(Comparison, Value)
    /// One of these.
    case among([Value])
    /// Anything that does not match this; absent too. Values of `save` in it are dropped. When it would match but for
    /// a `hand`, the values are handed out and the caller negates.
    case not(Pattern)
    /// Like each of these.
    case all([Pattern])
    /// Absent, or like this.
    case optional(Pattern)
    /// The number of elements, bytes or characters is like this.
    case length(Pattern)
    /// Present, and its value is handed out under a name; that of a group is the tree of its fields.
    case save(String)
    /// Hands the value out under a number, present or not: the caller decides.
    case hand(Int)
    /// A group with at least these members; closed, with no others that could be left out and are there.
    case fields([Field], isClosed: Bool)
    /// Text or bytes that begin with this.
    case prefix(Value)
    /// Text or bytes that end with this.
    case suffix(Value)
    /// Text, all of which fits.
    case expression(RegularExpression)
    /// A number or code point that has these bits, and not those.
    case bits(set: UInt64, clear: UInt64)
    /// A number no further than `by` from this one.
    case near(Value, by: Value)
    /// Text or bytes with this text or these bytes in them (`equal` and `among` only); or a list with an element like
    /// this: the first such, whose values are saved and handed out.
    case contains(Pattern)
    /// A list whose elements are all like this; an empty one is. Saves a list of values under each name.
    case each(Pattern)
    /// A list whose first element is like this.
    case first(Pattern)
    /// A list of exactly these, at most `maximumUnordered`, in any order.
    case unordered([Pattern])
    /// A list of exactly these.
    case items([Pattern])

    /// Most elements of `unordered`.
    public static let maximumUnordered = 64

    /// One member of a group.
    public struct Field: Hashable, Sendable {
        /// The field's name, one step of a path.
        public var name: String
        /// What it should look like.
        public var pattern: Pattern
        /// A member of this name and look.
        public init(_ name: String, _ pattern: Pattern) {
            self.name = name
            self.pattern = pattern
        }
    }
}

extension Pattern: CustomStringConvertible {
    /// For people: `3`, `> 3`, `one of 1, 2`, `absent`, `not (3)`, `{port: 7075}`.
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
    /// The names that `save` gives values to, in order, each once.
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
