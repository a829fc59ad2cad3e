internal import Node
internal import Scenario
internal import Text
internal import Wire

/// The steps of cases as compact JSON. The plan is shared by the cases of one scenario; the outcomes belong to one
/// case.
enum PageSteps {
    /// The maximum number of characters of the text of a step.
    static let limit = 300
    /// The maximum number of bytes of the steps of all cases that passed. Beyond it only the duration of a case is
    /// written.
    static let maximumPassed = 6 << 20
    /// The maximum number of bytes of the steps of all other cases.
    static let maximumOthers = 6 << 20

    /// Returns a list for each step: line, depth, text, requirement, label, 1 for a step of the clean-up, file of a
    /// fragment.
    static func plan(_ steps: [CaseRecord.Step]) -> Value {
        .list(
            steps.map { s in
                var all: [Value] = [
                    .number(s.line), .number(s.depth), short(s.text), short(s.requirement), short(s.label),
                    .number(s.isCleanup ? 1 : 0),
                ]
                if let file = s.file { all.append(short(file)) }
                return .list(all)
            })
    }
    /// Returns an entry for each step. It is 0 if the case did not reach the step. Otherwise it has the start and the
    /// duration in microseconds, and, unless the step simply held once, its state, verdict, reason and rounds.
    static func outcomes(_ steps: [CaseRecord.Step]) -> Value {
        .list(
            steps.map { s in
                guard let o = s.outcome else { return .number(0) }
                var all: [Value] = [.microseconds(o.began), .microseconds(o.ended - o.began)]
                if o.state != .held || o.reason != nil || o.rounds > 1 {
                    all += [
                        .text(o.state.rawValue), o.verdict.map { .number(PageVerdict($0).number) } ?? .text(""),
                        short(o.reason), .number(o.rounds),
                    ]
                }
                return .list(all)
            })
    }
    private static func short(_ s: String?) -> Value { .printable(PageText.short(s ?? "", limit)) }
}
