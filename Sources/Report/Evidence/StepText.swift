internal import Scenario
internal import Text

/// The outcome of a step in one line: `step 4 (line 19) alt of 5: FAILED NANO-18 MUST: ...`. The text is safe for a
/// terminal.
struct StepText {
    /// The maximum number of characters of a line.
    static let limit = 1000

    let result: CaseResult
    let plan: [PlannedStep]

    init(_ result: CaseResult) {
        self.result = result
        plan = result.scenario.plannedSteps
    }
    /// Returns the step of an outcome; nil if it is not a step of this scenario.
    func step(_ o: StepOutcome) -> PlannedStep? { plan.indices.contains(o.number - 1) ? plan[o.number - 1] : nil }

    func line(_ o: StepOutcome) -> String {
        let step = step(o)
        let location = step.map { "(\($0.file.map { $0 + " " } ?? "")line \($0.line)) \($0.text)" } ?? ""
        return Style(hasColour: false).cut(
            Printable.text("\(step?.isCleanup == true ? "clean-up " : "")step \(o.number) \(location): \(outcome(o))"),
            Self.limit)
    }
    /// Returns the requirement that an outcome is about, if it is known.
    func requirement(_ o: StepOutcome) -> String? {
        if isDecisive(o) { return result.requirement }
        return step(o)?.requirement
    }
    /// Returns whether the outcome determines the verdict of the case.
    func isDecisive(_ o: StepOutcome) -> Bool {
        o.reason != nil && o.verdict == result.verdict && o.reason == result.problem?.reason
    }
    private func outcome(_ o: StepOutcome) -> String {
        switch o.state {
        case .leftOut: return "left out, its `if` was not true"
        case .unfinished: return "not finished"
        case .held where o.reason == nil: return "held"
        case .held, .failed:
            let level = isDecisive(o) ? " \(result.level.rawValue)" : ""
            let rule = requirement(o).map { " \($0)\(level)" } ?? ""
            return "\(Self.word(o.verdict))\(rule): \(o.reason ?? "")"
        }
    }
    static func word(_ v: Verdict) -> String {
        switch v {
        case .fail: "FAILED"
        case .error: "ERROR"
        case .inconc: "INCONCLUSIVE"
        case .warn: "WARNING"
        default: "not as expected"
        }
    }
}
