/// What a pattern found in a message.
public struct Match: Equatable, Sendable {
    /// Differences, in field order; none when the message matches.
    public var mismatches: [Mismatch] = []
    /// Values of `save`, in field order; only complete when there are no mismatches.
    public var saved: [Value.Entry] = []
    /// Values of `hand`, for the caller to judge.
    public var handed: [Handed] = []
    /// Whether there are no mismatches. The values in `handed` are still to be judged by the caller.
    public var isMatch: Bool { mismatches.isEmpty }

    /// A value that a pattern leaves to its caller.
    public struct Handed: Equatable, Sendable {
        /// The number in the pattern.
        public var number: Int
        /// Where it was found.
        public var path: String
        /// Nil when the field is absent.
        public var value: Value?
    }
}

/// One difference between a message and a pattern.
public struct Mismatch: Hashable, Sendable, CustomStringConvertible {
    /// Field path, such as `response.node_id` or `peers[0].port`; empty for the whole message.
    public var path: String
    /// What the pattern asks for, for people: `3`, `> 3`, `one of 1, 2`, `absent`.
    public var wanted: String
    /// What the message has there; nil when the field is absent.
    public var had: Value?
    /// `had` for people, where that is not its description.
    public var shown: String?
    /// Why the pattern can match no value of the field at all; nil for an ordinary difference.
    public var unfit: String?
    /// A difference.
    public init(path: String, wanted: String, had: Value?, unfit: String? = nil) {
        self.path = path
        self.wanted = wanted
        self.had = had
        self.unfit = unfit
    }
    /// What the message has there, for people.
    public var hadText: String { shown ?? had.map(\.description) ?? "nothing" }
    /// All of it on one line.
    public var description: String {
        let at = path.isEmpty ? "" : path + ": "
        let why = unfit.map { " (\($0))" } ?? ""
        return "\(at)wanted \(wanted)\(why), had \(hadText)"
    }
}
