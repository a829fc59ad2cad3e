/// The result of comparing a message with a pattern.
public struct Match: Equatable, Sendable {
    /// The differences, in field order; empty if the message matches.
    public var mismatches: [Mismatch] = []
    /// The values of `save`, in field order; complete only if there are no mismatches.
    public var saved: [Value.Entry] = []
    /// The values of `hand`, which the caller judges.
    public var handed: [Handed] = []
    /// True if there are no mismatches. The caller still has to judge the values in `handed`.
    public var isMatch: Bool { mismatches.isEmpty }

    /// A value that a pattern leaves to its caller.
    public struct Handed: Equatable, Sendable {
        /// The number in the pattern.
        public var number: Int
        /// The path of the value.
        public var path: String
        /// The value; nil if the field is missing.
        public var value: Value?
    }
}

/// One difference between a message and a pattern.
public struct Mismatch: Hashable, Sendable, CustomStringConvertible {
    /// The field path, such as `response.node_id` or `peers[0].port`; empty for the whole message.
    public var path: String
    /// The pattern, for people: `3`, `> 3`, `one of 1, 2`, `absent`.
    public var wanted: String
    /// The value in the message; nil if the field is missing.
    public var had: Value?
    /// The text of `had` for people, if it is not its description.
    public var shown: String?
    /// The reason why the pattern can match no value of the field at all; nil for an ordinary difference.
    public var unfit: String?
    public init(path: String, wanted: String, had: Value?, unfit: String? = nil) {
        self.path = path
        self.wanted = wanted
        self.had = had
        self.unfit = unfit
    }
    /// The value in the message, for people.
    public var hadText: String { shown ?? had.map(\.description) ?? "nothing" }
    /// The whole difference on one line.
    public var description: String {
        let at = path.isEmpty ? "" : path + ": "
        let why = unfit.map { " (\($0))" } ?? ""
        return "\(at)wanted \(wanted)\(why), had \(hadText)"
    }
}
