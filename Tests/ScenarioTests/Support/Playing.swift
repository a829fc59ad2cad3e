@testable import Network
import Node
import Testing
import Wire

@testable import Scenario

/// Requirements of the toy protocol. TOY-1 and TOY-4 are MUST, TOY-2 is SHOULD, TOY-3 is MAY.
let toyRequirements: RequirementList = {
    let rows = [("1", "MUST"), ("2", "SHOULD"), ("3", "MAY"), ("4", "MUST")]
    let text = rows.map { "TOY-\($0): {level: \($1), kind: both, text: T, source: {doc: D, section: S}}\n" }.joined()
    return RequirementList.load(source(text)).list
}()

/// Returns a scenario of the toy protocol. It covers no requirement, so that each step judges as a MUST.
func toy(
    _ steps: String, more: String = "", opens: Bool = true, files: [String: String] = [:], actors: String = ""
) throws -> Scenario {
    let (scenario, diagnostics) = loadToy(steps, more: more, opens: opens, files: files, actors: actors)
    return try #require(scenario, "\(diagnostics.map(\.line))\n\(steps)")
}
/// Loads a scenario of the toy protocol and also returns the diagnostics. `files` are fragments by name.
func loadToy(
    _ steps: String, more: String = "", opens: Bool = true, files: [String: String] = [:], actors: String = "",
    _ definition: Definition = .toy()
) -> (scenario: Scenario?, diagnostics: [Diagnostic]) {
    let file = """
        meshspec: 1
        id: toy.case
        title: T
        protocol: toy
        doc: D
        actors:
          peer: {role: ref}
          node: {role: dut}
        \(actors.isEmpty ? "" : "  " + actors)
        \(more)
        steps:
        \(opens ? "  - open: {from: peer, to: node, as: c}" : "")
        \(steps)
          - if: $(1 == 2)
            assert: $(true)
            req: TOY-1
            because: one is not two
        """
    let library = Library(definitions: [definition], requirements: ["toy": toyRequirements]) { name, _ in
        files[name].map { SourceFile(name: name, bytes: Array($0.utf8)) }
    }
    return Scenario.load(source(file), library)
}

extension CaseResult {
    /// The result in the form `fail TOY-1 3: why`, with the number of the step. TOY-1, a MUST, also stands for none.
    var told: String {
        guard let problem else { return "\(verdict)" + (reason.map { ": " + $0 } ?? "") }
        return "\(verdict) \(requirement.isEmpty ? "TOY-1" : requirement) \(step): \(problem.reason)"
    }
    /// One line for each sent (>) and received (<) entry.
    var lines: [String] {
        trace.map { t in
            let text: String
            if case .message(let type, let bytes) = t.content, type.name.description == "toy.say" {
                text = String(decoding: bytes.dropFirst(2), as: UTF8.self)
            } else {
                text = t.name
            }
            return (t.direction == .sent ? ">" : "<") + text
        }
    }
}

/// Runs all cases of a scenario in virtual time against a toy node with these rules.
func playAll(
    _ scenario: Scenario, _ rules: [Rule] = [], rounds: Int = 1, seed: UInt64 = 1,
    dialsAfter: Duration = .milliseconds(10),
    _ set: (inout RunOptions) -> Void = { _ in }
) throws -> [CaseResult] {
    let definition = Definition.toy(rules, dialsAfter: dialsAfter)
    var options = RunOptions(subject: .builtIn(bug: nil), settings: try definition.settings(), seed: seed)
    set(&options)
    var results: [CaseResult] = []
    Runner(definition, toyRequirements, options).simulate(Schedule(scenario.cases, rounds: rounds)) {
        results.append($0)
    }
    return results
}
/// Runs a case in virtual time against a toy node with these rules.
func play(
    _ steps: String, _ rules: [Rule], more: String = "", opens: Bool = true, dialsAfter: Duration = .milliseconds(10),
    seed: UInt64 = 1, actors: String = ""
) throws -> CaseResult {
    let definition = Definition.toy(rules, dialsAfter: dialsAfter)
    let options = RunOptions(subject: .builtIn(bug: nil), settings: try definition.settings(), seed: seed)
    var results: [CaseResult] = []
    Runner(definition, toyRequirements, options)
        .simulate(Schedule(try toy(steps, more: more, opens: opens, actors: actors).cases)) { results.append($0) }
    #expect(results.count == 1)
    return try #require(results.first)
}
/// Runs a case and calls `meddling` after each look at the network, at least every 10 ms.
func play(
    _ steps: String, _ rules: [Rule], more: String = "", meddling: (CaseRun) -> Void
) throws -> CaseResult {
    let definition = Definition.toy(rules)
    let options = RunOptions(subject: .builtIn(bug: nil), settings: try definition.settings(), seed: 1)
    let driver = Driver(SimulatedNetwork(seed: 1))
    let one = try #require(try toy(steps, more: more).cases.first)
    let run = CaseRun(one, of: definition, requirements: toyRequirements, options: options, on: driver)
    if run.begin() {
        for _ in 0..<100_000 {
            let until = run.advance()
            if run.isFinished { break }
            if let h = driver.next(until: min(until, driver.now + .milliseconds(10))) { run.handle(h) }
            meddling(run)
        }
    }
    #expect(run.isFinished)
    return run.result
}
/// Runs a case in which the harness does nothing and sees nothing during an interval, as if the process had been
/// stopped. After the interval, it finds the records that arrived meanwhile. `answers`: names whose values count as
/// answers of controls.
func playStopped(
    _ steps: String, _ rules: [Rule], from: Duration, to: Duration, more: String = "", answers: [String] = []
) throws -> CaseResult {
    var isOver = false
    return try play(steps, rules, more: more) { run in
        for name in answers { run.lateness.addAnswer(name) }
        let (from, to) = (Instant.zero + from, Instant.zero + to)
        guard !isOver, run.driver.now >= from else { return }
        isOver = true
        var found: [NetworkEvent] = []
        while run.driver.now < to { if let h = run.driver.next(until: to) { found.append(h) } }
        run.lateness.delays.add(from, to)
        run.driver.unattendedSince = from
        found.forEach(run.handle)
    }
}

/// Runs a case over sockets. A busy machine can make the case late, and then it has no verdict. In that case it runs
/// again.
func playInTime(_ runner: Runner, _ cases: [Case]) throws -> CaseResult {
    for _ in 0..<5 {
        let result = try runOnce(runner, cases)
        guard result.problem?.reason.contains("harness late") == true else { return result }
    }
    return try runOnce(runner, cases)
}
private func runOnce(_ runner: Runner, _ cases: [Case]) throws -> CaseResult {
    var out: [CaseResult] = []
    try runner.run(Schedule(cases), jobs: 1) { out.append($0) }
    return try #require(out.first)
}
