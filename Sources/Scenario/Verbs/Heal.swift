/// `heal`: ends a fault.
struct HealVerb: NamedVerb {
    static let key = Key("heal", .text, "ends a fault")
    /// The name of the fault.
    var name: String

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        loader.text(step.value, "heal").map { Self(name: $0) }
    }
    var text: String { "heal \(name)" }

    func start(_ step: Step, in run: CaseRun) {
        run.heal(name)
        run.held(step)
    }
}
