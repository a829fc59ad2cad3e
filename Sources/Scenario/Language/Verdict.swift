/// How a case, or a step of it, came out. Combining two takes the worse.
public enum Verdict: String, CaseIterable, Comparable, Sendable {
    /// Nothing was judged.
    case none
    case pass
    /// A SHOULD or MAY that was not kept.
    case warn
    /// Could not be judged: preparation failed, or the harness was late.
    case inconc
    /// A MUST that was not kept.
    case fail
    /// The harness, the scenario or the environment broke.
    case error
    /// Not meant for this node.
    case skip
    /// Did not come to run.
    case notRun = "notrun"

    /// Whether `b` is worse than `a`.
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

/// How binding a requirement is (RFC 2119).
public enum Level: String, CaseIterable, Sendable {
    case must = "MUST"
    case should = "SHOULD"
    case may = "MAY"
    /// What breaking it comes to.
    public var verdict: Verdict { self == .must ? .fail : .warn }
}
