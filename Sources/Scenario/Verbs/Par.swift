internal import Network
internal import Node

/// `par`: branches that run at the same time.
struct ParVerb: NamedVerb {
    static let key = Key("par", .some(.map(.steps)), "branches in parallel")
    static let modifiers = [
        Key("join", .choice(["all", "any"]), "for par: wait for all branches, or for the first")
    ]
    var branches: [(name: String, steps: [Step])]
    var joinsAny: Bool

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        guard let all = loader.entries(step.value, "par", of: " of branches") else { return nil }
        if all.isEmpty { loader.report(.missingKey, "par needs branches", loader.head(step.value)) }
        let any = loader.word(step.modifiers["join"], "join", among: ["all", "any"]) == "any"
        return Self(branches: all.map { ($0.key, loader.steps($0.value, "a branch of par")) }, joinsAny: any)
    }
    var text: String { "par \(joinsAny ? "any" : "all") of " + branches.map(\.name).joined(separator: ", ") }
    var blocks: Blocks { .parallel(branches.map(\.steps), joinsAny: joinsAny) }

    func start(_ step: Step, in run: CaseRun) {
        let mine = run.fork(branches)
        run.wait(until: .never) { [unowned run] in
            guard run.join(mine, any: joinsAny) else { return .never }
            run.held(step)
            return nil
        }
    }
}
