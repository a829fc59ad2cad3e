internal import Network
internal import Node

/// `expect`: the message or event that must come next on a link.
struct ExpectVerb: NamedVerb {
    static let schema = Schema(
        name: "expect",
        keys: [
            .via, Key("msg", .message(orAny: true), "message, or any"),
            Key("event", .choice(["closed"]), "instead of a message"),
            Key("raw", .bytes, "these bytes instead of a message"), Key("fields", .pattern, "pattern"),
            Key("within", .time, "longest time"), Key("window", .window, "earliest .. latest"),
            Key("since", .text, "mark that times count from"),
            Key("order", .choice(["strict", "any"]), "any: skips messages that do not match"),
            Key("count", .number(1...100_000), "number of matching messages"),
        ],
        rules: Expectation.rules + [
            Constraint(.apart("raw", ["msg", "event"]), .unknownKey, "either `raw` or `msg`"),
            Constraint(.apart("window", ["within"]), .timing, "either `within` or `window`"),
        ])
    static let key = Key("expect", .shape(schema), "the message or event that must come next")
    var expectation: Expectation

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        guard var e = loader.expectation(step.value, schema, step.span) else { return nil }
        if e.window == nil { e.within = e.within ?? loader.suite?.within }
        if let suite = loader.suite, step.value["order"] == nil { e.anyOrder = suite.anyOrder }
        if e.window == nil, e.within == nil {
            loader.report(
                .timing, "`expect` needs `within` or `window`: without an end it could wait for ever", step.span)
        }
        return Self(expectation: e)
    }
    var text: String {
        let e = expectation
        return "expect on \(e.link): \(e.count > 1 ? "\(e.count) times " : "")\(e.wanted)"
    }
    var expectations: [Expectation] { [expectation] }
    func lint(_ step: Step, active: inout Set<String>, by loader: inout Loader) { active.insert(expectation.link) }

    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        let bound = try ResolvedExpectation(expectation, run.scope, run.options.timeScale)
        var left = expectation.count
        run.wait(until: bound.deadline, judgedSince: min(bound.start, run.currentBranch.waitsSince)) {
            [unowned run] () throws(EvaluationError) in try proceed(step, in: run, bound, left: &left)
        }
    }
    private func proceed(
        _ step: Step, in run: CaseRun, _ bound: ResolvedExpectation, left: inout Int
    ) throws(EvaluationError) -> Instant? {
        let e = bound.expectation
        while true {
            switch try run.head(bound) {
            case .match(let saved):
                run.take(e, saved)
                run.currentBranch.lastMiss = nil
                left -= 1
                if left > 0 { continue }
                run.held(step)
                return nil
            case .refused(let p):
                run.failed(p, step)
                return nil
            case .other(let r, let judged):
                guard let p = try run.passOver(r, judged, e, anyOrder: e.anyOrder) else { continue }
                run.failed(p, step)
                return nil
            case .nothing:
                if run.driver.now < bound.deadline { return bound.deadline }
                var p = run.timeout(bound)
                if e.count > 1 { p.reason += " (\(e.count - left) of \(e.count) came)" }
                run.failed(p, step)
                return nil
            }
        }
    }
}
