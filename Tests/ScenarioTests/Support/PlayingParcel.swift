import Network
import Node
import Testing

@testable import Scenario

/// The network in which a case of the parcel protocol runs.
enum Way: CaseIterable { case sockets, simulation }

/// Loads a scenario of the parcel protocol and also returns the diagnostics. With two more actors, the steps begin in
/// line 12.
func loadParcel(_ steps: String, actors: String = "", opens: Bool = true) -> (
    scenario: Scenario?, diagnostics: [Diagnostic]
) {
    let file = """
        meshspec: 1
        id: parcel.case
        title: T
        protocol: parcel
        doc: D
        actors:
          peer: {role: ref}
          \(actors.contains("node:") ? "" : "node: {role: dut}")
          \(actors)
        steps:
        \(opens ? "  - open: {from: peer, to: node, as: c}" : "")
        \(steps)
          - if: $(1 == 2)
            assert: $(true)
            req: TOY-1
            because: one is not two
        """
    let library = Library(definitions: [.parcel], requirements: ["parcel": toyRequirements])
    return Scenario.load(source(file), library)
}
/// Runs a case against the node of the parcel protocol, or against a remote node.
func playParcel(
    _ way: Way, _ steps: String, actors: String = "", opens: Bool = true, seed: UInt64 = 1, bug: String? = nil,
    chop: Chop? = nil, remote: Remote? = nil
) throws -> CaseResult {
    let (scenario, problems) = loadParcel(steps, actors: actors, opens: opens)
    let one = try #require(scenario, "\(problems.map(\.line))")
    var options = RunOptions(
        subject: remote.map { .remote($0) } ?? .builtIn(bug: bug), settings: try Definition.parcel.settings(),
        seed: seed)
    options.chop = chop
    let runner = Runner(.parcel, toyRequirements, options)
    if way == .sockets { return try playInTime(runner, one.cases) }
    var out: [CaseResult] = []
    runner.simulate(Schedule(one.cases)) { out.append($0) }
    return try #require(out.first)
}
/// Returns a step that sends words with this body.
func words(_ body: String, id: Int = 1, limit: Int? = nil, via: String = "c") -> String {
    "  - send: {via: \(via), msg: parcel.words, \(limit.map { "limit: \($0), " } ?? "")fields: {id: \(id), "
        + "sum: \"$(parcel.sum(utf8('\(body)')))\", body: \"$(utf8('\(body)'))\"}}\n"
}
func done(_ id: Int, via: String = "c") -> String {
    "  - expect: {via: \(via), msg: parcel.done, within: 2s, fields: {of: \(id)}}\n"
}
