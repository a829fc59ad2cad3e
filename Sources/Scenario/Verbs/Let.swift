/// `let`: gives names values.
struct LetVerb: NamedVerb {
    static let key = Key("let", .map(.value), "names values")
    var members: [Template.Member]

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        guard let all = loader.entries(step.value, "let", of: " of names") else { return nil }
        var members: [Template.Member] = []
        for m in all {
            loader.names.insert(m.key)
            loader.captures.append((m.key, m.keySpan))
            members.append(
                Template.Member(key: loader.own(m.key), value: loader.untyped(m.value), span: m.keySpan))
        }
        return Self(members: members)
    }
    var text: String { "let " + members.map { Scope.shownName($0.key) }.joined(separator: ", ") }
    var definedNames: [String] { members.map(\.key) }

    func leastTime(_ scope: inout Scope) -> Duration {
        for m in members { scope.names[m.key] = try? m.value.term(scope) }
        return .zero
    }
    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        for m in members {
            try run.name(m.key, try m.value.term(run.scope), step.span)
            run.lateness.add(m.key, from: m.value.expressions)
        }
        run.held(step)
    }
}
