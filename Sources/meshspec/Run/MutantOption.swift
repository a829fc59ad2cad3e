import Mutation
import Node
import Scenario

/// The option `--mutant` of `run` and `node`. It alters the reference node on the wire, like `mutate` does.
struct MutantOption {
    static let option = Option(
        .mutant, value: "NAME",
        "alter the reference node on the wire, such as says:nano.keepalive:dropped (`mutate PROTOCOL --list`)")
    let mutant: WireMutant
    private let definition: Definition

    /// Parses the option; nil without it. A mutant that none of the protocols has is an error.
    init?(_ invocation: Invocation, _ definitions: [Definition]) throws(CommandError) {
        guard let name = invocation[.mutant] else { return nil }
        for d in definitions {
            guard let found = WireMutant.named(name, of: d) else { continue }
            (mutant, definition) = (found, d)
            return
        }
        throw CommandError(
            at: .mutant, no: "mutant", called: name,
            of: definitions.flatMap { WireMutant.all(of: $0).map(\.name) })
    }
    /// Returns a function that turns a node of this protocol into the mutant; nil for another protocol.
    func wrap(
        _ d: Definition, _ settings: Settings, _ suite: Suite?
    ) throws(Files.Failure) -> (@Sendable (any Node) -> any Node)? {
        guard d.name == definition.name else { return nil }
        var suite = suite ?? Suite()
        let (mutant, lateness) = (mutant, try suite.mutationRules(d).lateness)
        return {
            MutatedNode($0, mutant: mutant, definition: d, settings: settings, log: WireLog(), lateness: lateness)
        }
    }
}
