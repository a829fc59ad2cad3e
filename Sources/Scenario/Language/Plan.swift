/// A step of a scenario, described in words.
public struct PlannedStep: Sendable {
    /// The place in the plan, from 1.
    public var number: Int
    /// The line of the step, from 1.
    public var line: Int
    /// The fragment that contains the line; nil for the scenario's own file.
    public var file: String?
    /// The nesting depth; 0 for the outermost steps.
    public var depth: Int
    /// A description of the step.
    public var text: String
    /// The requirement that the step proves.
    public var requirement: String?
    /// The purpose of the step, as the scenario gives it.
    public var label: String?
    /// True if the step belongs to the clean-up.
    public var isCleanup: Bool
}

extension Scenario {
    /// The steps in words, with their lines and nesting depths. `meshspec show` prints this list.
    public var plan: [(line: Int, depth: Int, text: String)] {
        Self.plan(steps, 0, isCleanup: false).map { step in
            let proves = step.requirement.map { "   proves \($0)" } ?? ""
            let label = step.label.map { "   (\($0))" } ?? ""
            return (step.line, step.depth, step.text + label + proves)
        }
    }
    /// All steps, in the order of their numbers. The steps of the clean-up are last. The index of a step is its number
    /// minus one.
    public var plannedSteps: [PlannedStep] {
        Self.plan(steps, 0, isCleanup: false) + Self.plan(cleanup, 0, isCleanup: true)
    }

    private static func plan(_ steps: [Step], _ depth: Int, isCleanup: Bool) -> [PlannedStep] {
        steps.flatMap { step in
            [
                PlannedStep(
                    number: step.number, line: step.span.start.line, file: step.source?.name, depth: depth,
                    text: step.verb.text, requirement: step.requirement?.id, label: step.label, isCleanup: isCleanup)
            ] + plan(step.verb.blocks.steps, depth + 1, isCleanup: isCleanup)
        }
    }
}

extension Template {
    /// The text of the template as in the scenario: a time or another value, or the expression that computes it.
    var shown: String {
        switch self {
        case .constant(let v): Term(v).text
        case .time(let d): Term.duration(d).text
        case .expression(let e): "$(\(e.text))"
        case .text, .list, .map: "..."
        }
    }
}
