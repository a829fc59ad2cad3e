/// One step: a verb and its modifiers.
struct Step: Sendable {
    /// The place in the scenario's plan, from 1. The steps of the clean-up are numbered after all others.
    var number = 0
    /// The verb as written in the file.
    var name: String
    var verb: any Verb
    /// The position of the verb.
    var span: Span
    /// The file of the step if it is a fragment.
    var source: SourceFile?
    var label: String?
    /// The requirement that the step proves.
    var requirement: RequirementUse?
    var condition: Expression?
    /// The name that stores the time at which the step ends.
    var mark: String?
    /// The verdict if the step does not hold.
    var otherwise: Verdict?
    /// The verdict if the step holds.
    var verdict: Verdict?
    var because: String?
}

/// A requirement that a step names, with its own level if the step gives one.
struct RequirementUse: Sendable {
    var id: String
    var level: Level?
    var span: Span
}

extension [Step] {
    /// All steps including nested ones. A step precedes the steps inside it.
    var flattened: [Step] { flatMap { [$0] + $0.verb.blocks.steps.flattened } }
    /// The ids of the requirements that steps and branches prove, each once.
    var claims: [String] {
        var out: [String] = []
        func take(_ r: RequirementUse?) { if let r, !out.contains(r.id) { out.append(r.id) } }
        for s in flattened {
            take(s.requirement)
            if case .alternatives(let branches) = s.verb.blocks { branches.forEach { take($0.requirement) } }
        }
        return out
    }
    /// The names that the verbs give values, besides those in patterns.
    var definedNames: [String] { flattened.flatMap(\.verb.definedNames) }
}
