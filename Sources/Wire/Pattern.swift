/// How two values are put in order.
public enum Comparison: String, Hashable, Sendable {
    case less = "$lt"
    case lessOrEqual = "$le"
    case greater = "$gt"
    case greaterOrEqual = "$ge"
}

/// What a field or a message should look like, parsed once and matched often.
public indirect enum Pattern: Hashable, Sendable {
    /// Present, whatever it is.
    case any
    /// Not there.
    case absent
    /// Equal to this value as the field's type reads it; `.null` is absent.
    case equal(Value)
    case compare(Comparison, Value)
    /// One of these.
    case among([Value])
    case not(Pattern)
    case all([Pattern])
    /// Absent, or like this.
    case optional(Pattern)
    /// Number of elements, bytes or characters.
    case length(Pattern)
    /// Hands the value out under a name when the rest matches.
    case save(String)
    /// Hands the value out under a number: the caller decides.
    case hand(Int)
    /// A group with at least these members; closed, with no others present.
    case fields([Field], isClosed: Bool)
    /// A list of exactly these.
    case items([Pattern])

    /// One member of a group.
    public struct Field: Hashable, Sendable {
        public var name: String
        public var pattern: Pattern
        public init(_ name: String, _ pattern: Pattern) {
            self.name = name
            self.pattern = pattern
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
    public init() {}
    public var isMatch: Bool { mismatches.isEmpty }

    /// A value that a pattern leaves to its caller.
    public struct Handed: Equatable, Sendable {
        public var number: Int
        public var path: String
        /// Nil when the field is absent.
        public var value: Value?
        public init(_ number: Int, _ path: String, _ value: Value?) {
            self.number = number
            self.path = path
            self.value = value
        }
    }
}
