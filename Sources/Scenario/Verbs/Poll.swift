internal import Network
internal import Node

/// `poll`: evaluates a condition repeatedly until it is true.
struct PollVerb: NamedVerb {
    static let schema = Schema(
        name: "poll",
        keys: [
            Key("every", .time, "time between two evaluations", required: true),
            Key("within", .time, "longest time", required: true),
            Key("until", .expression, "condition to become true", required: true),
        ])
    static let key = Key("poll", .shape(schema), "checks a condition repeatedly")
    var every: Template
    var within: Template
    var condition: Expression

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        guard let m = loader.members(step.value, schema) else { return nil }
        let every = loader.time(m["every"], "every")
        let within = loader.time(m["within"], "within")
        guard let condition = loader.condition(m["until"], "until"), let every, let within else { return nil }
        return Self(every: every, within: within, condition: condition)
    }
    var text: String { "poll for \(within.shown) until \(condition.text)" }

    func judgedSince(in run: CaseRun) -> Instant { run.judgedSince(condition) }
    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        var next = run.driver.now
        let deadline = run.driver.now + run.options.stretched(try within.duration(run.scope))
        run.wait(until: deadline) { [unowned run] () throws(EvaluationError) in
            try proceed(step, in: run, next: &next, deadline: deadline)
        }
    }
    private func proceed(
        _ step: Step, in run: CaseRun, next: inout Instant, deadline: Instant
    ) throws(EvaluationError) -> Instant? {
        let now = run.driver.now
        if now < next, now < deadline { return min(next, deadline) }
        var lacks = ""
        do throws(EvaluationError) {
            if try run.truth(condition, "until") {
                run.held(step)
                return nil
            }
        } catch {
            guard error.isOfEvidence else { throw error }
            lacks = ", since \(error.message)"
        }
        if now >= deadline {
            var p = Problem(
                "never true in time\(lacks): \(condition.text)", condition.whole, label: "still false",
                wanted: condition.text, excuse: run.lateness.lossExcuse)
            p.tell(ExpressionValues.list(of: condition, in: run.scope))
            run.failed(p, step)
            return nil
        }
        next = min(deadline, now + max(.milliseconds(1), try every.duration(run.scope)))
        return next
    }
}
