internal import Network
internal import Node

/// `assert`: a condition that must be true.
struct AssertVerb: NamedVerb {
    static let key = Key("assert", .expression, "must be true")
    var condition: Expression

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        loader.condition(step.value, "assert").map { Self(condition: $0) }
    }
    var text: String { "assert \(condition.text)" }
    var assertion: Expression? { condition }

    func judgedSince(in run: CaseRun) -> Instant { run.judgedSince(condition) }
    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        let text = condition.text
        var p = Problem("not true: \(text)", condition.whole, label: "false", wanted: text)
        var lacks: String?
        do throws(EvaluationError) {
            if try run.truth(condition, "assert") { return run.held(step) }
        } catch {
            guard error.isOfEvidence else { throw error }
            p = Problem("not true, since \(error.message): \(text)", error.span, label: "not there", wanted: text)
            lacks = error.message
        }
        p.tell(ExpressionValues.list(of: condition, in: run.scope))
        p.word(step, found: lacks ?? ExpressionValues.found(condition, in: run.scope))
        run.failed(p, step)
    }
}
