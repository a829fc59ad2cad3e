/// The result of a case or of a step. Combining two verdicts takes the worse one.
public enum Verdict: String, CaseIterable, Comparable, Sendable {
    /// No judgement was made.
    case none
    case pass
    /// A SHOULD or MAY was broken.
    case warn
    /// The case could not be judged: its preparation failed, or the harness was late.
    case inconc
    /// A MUST was broken.
    case fail
    /// The harness, the scenario or the environment failed.
    case error
    /// The case does not apply to this node.
    case skip
    /// The case was not run.
    case notRun = "notrun"

    /// Returns whether `b` is worse than `a`.
    public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
    var rank: Int {
        switch self {
        case .notRun: -2
        case .skip: -1
        case .none: 0
        case .pass: 1
        case .warn: 2
        case .inconc: 3
        case .fail: 4
        case .error: 5
        }
    }
}

/// The level of a requirement (RFC 2119).
public enum Level: String, CaseIterable, Sendable {
    case must = "MUST"
    case should = "SHOULD"
    case may = "MAY"
    /// The verdict if the requirement is broken.
    public var verdict: Verdict { self == .must ? .fail : .warn }
}
