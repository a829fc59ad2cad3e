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
/// elements counts as absent. A name that the message does not have is an absent field.
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
    /// A list of exactly these.
    case items([Pattern])

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
        case .items(let items): return "[" + items.map(\.description).joined(separator: ", ") + "]"
        }
    }
}

/// What a pattern found in a message.
public struct Match: Equatable, Sendable {
    /// Differences, in field order; none when the message matches.
    public var mismatches: [Mismatch] = []
    /// Values of `save`, in field order; only complete when there are no mismatches.
    public var saved: [Value.Entry] = []
    /// Values of `hand`, for the caller to judge.
    public var handed: [Handed] = []
    /// Nothing found yet.
    public init() {}
    /// Nothing differs. What was handed out is still to be judged.
    public var isMatch: Bool { mismatches.isEmpty }

    /// A value that a pattern leaves to its caller.
    public struct Handed: Equatable, Sendable {
        /// The number in the pattern.
        public var number: Int
        /// Where it was found.
        public var path: String
        /// Nil when the field is absent.
        public var value: Value?
        /// A value, or its absence, at a path.
        public init(_ number: Int, _ path: String, _ value: Value?) {
            self.number = number
            self.path = path
            self.value = value
        }
    }
}
