internal import Network
internal import Node
internal import Wire

/// `repeat`: the same steps several times.
struct RepeatVerb: NamedVerb {
    static let schema = Schema(
        name: "repeat",
        keys: [
            Key("times", .value, "how often, at most 100,000", required: true),
            Key("as", .text, "name of the round's number, from 1"),
            Key("do", .steps, "the steps of each round", required: true),
        ])
    static let key = Key("repeat", .shape(schema), "the same steps several times")
    var times: Template
    /// The name of the round's number.
    var name: String?
    var steps: [Step]

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        guard let m = loader.members(step.value, schema) else { return nil }
        let name = loader.text(m["as"], "as")
        if let name { loader.names.insert(name) }
        let ownName = name.map(loader.own)
        let times = m["times"].map { loader.untyped($0) }
        let inner = loader.steps(m["do"], "do")
        guard let times else { return nil }
        return Self(times: times, name: ownName, steps: inner)
    }
    var text: String { "repeat \(steps.count) step\(steps.count == 1 ? "" : "s")" }
    var blocks: Blocks {
        guard case .constant(.uint(let n)) = times else { return .sequence(steps, isCertain: false) }
        return .sequence(steps, isCertain: n > 0)
    }
    var definedNames: [String] { name.map { [$0] } ?? [] }

    func leastTime(_ scope: inout Scope) -> Duration {
        for name in steps.definedNames { scope.names[name] = nil }
        let once = steps.leastTime(&scope)
        guard case .number(let n)? = try? times.term(scope) else { return .zero }
        return once * Int(clamping: n)
    }
    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        guard case .number(let n) = try times.term(run.scope), let rounds = Int(exactly: n),
            (0...100_000).contains(rounds)
        else {
            throw EvaluationError(message: "`times` is a number from 0 to 100,000", span: step.span)
        }
        if rounds == 0 { return run.held(step) }
        if let name { run.scope.names[name] = .number(1) }
        run.enter(steps, loop: (name, round: 1, rounds), mark: step.mark)
    }
}
