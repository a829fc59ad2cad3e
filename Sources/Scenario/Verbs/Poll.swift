internal import Network
internal import Node

/// `poll`: evaluates a condition repeatedly until it is true.
struct PollVerb: NamedVerb {
    static let schema = Schema(
        name: "poll",
        keys: [
            Key("every", .time, "time between two evaluations (default 20ms)"),
            Key("within", .time, "longest time"),
            Key("until", .expression, "condition to become true", required: true),
        ])
    static let key = Key("poll", .shape(schema), "checks a condition repeatedly")
    var every: Template
    var within: Template
    var condition: Expression

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        guard let m = loader.members(step.value, schema) else { return nil }
        let every = m["every"] == nil ? .time(.milliseconds(20)) : loader.time(m["every"], "every")
        let within = m["within"] == nil ? loader.suite?.within : loader.time(m["within"], "within")
        if m["within"] == nil, within == nil {
            loader.report(.timing, "`poll` needs `within`: without an end it could wait for ever", step.span)
        }
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
        var lacks: String?
        do throws(EvaluationError) {
            if try run.truth(condition, "until") {
                run.held(step)
                return nil
            }
        } catch {
            guard error.isOfEvidence else { throw error }
            lacks = error.message
        }
        if now >= deadline {
            var p = Problem(
                "never true in time\(lacks.map { ", since \($0)" } ?? ""): \(condition.text)", condition.whole,
                label: "still false",
                wanted: condition.text, excuse: run.lateness.lossExcuse)
            p.tell(ExpressionValues.list(of: condition, in: run.scope))
            p.word(step, found: lacks ?? ExpressionValues.found(condition, in: run.scope))
            run.failed(p, step)
            return nil
        }
        next = min(deadline, now + max(.milliseconds(1), try every.duration(run.scope)))
        return next
    }
}
