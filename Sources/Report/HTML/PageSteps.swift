internal import Node
internal import Scenario
internal import Wire

/// The steps of cases as compact JSON: what cases of one scenario share, and what is of one case.
enum PageSteps {
    /// Characters of the text of a step.
    static let limit = 300
    /// Bytes of the steps of all cases that passed; beyond those only how long a case took is told.
    static let maximumPassed = 6 << 20
    /// The same for the others.
    static let maximumOthers = 6 << 20

    /// A list for each step: line, depth, text, requirement, label, 1 for a step of the clean-up, file of a fragment.
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
    /// For each step 0 where the case did not come to it; else when it began and how long it took in microseconds, and
    /// where it did not just hold once its state, verdict, reason and rounds.
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
