import Nano
import Network
import Node
import Scenario

extension Benchmark {
    /// Short cases in virtual time, one after the other, each with its own network and node.
    static let runSimulated = Benchmark(
        name: "run short cases, simulated", limit: "wanted", goal: "at least 1 (5000 cases per s on one core)"
    ) {
        guard let trivial = Trivial() else { return nil }
        let rate = trivial.rate(2000) { runner, cases, take in runner.simulate(Schedule(cases), take) }
        return rate.map { Row(figure: $0, limit: 5000, unit: "per s") }
    }
    /// Short cases that keep their evidence, which is the cost of `--evidence failed` for passing cases.
    static let runEvidence = Benchmark(
        name: "run short cases, evidence", limit: "without", goal: "at least 0.95"
    ) {
        guard let trivial = Trivial(), let keeping = Trivial(keepsEvidence: true) else { return nil }
        func rate(_ t: Trivial) -> Double? {
            t.rate(2000) { runner, cases, take in runner.simulate(Schedule(cases), take) }
        }
        // The runs alternate, because the speed of a machine varies over time.
        var best = (with: 0.0, without: 0.0)
        for _ in 0..<3 {
            guard let without = rate(trivial), let with = rate(keeping) else { return nil }
            best = (max(best.with, with), max(best.without, without))
        }
        return Row(figure: best.with, limit: best.without, unit: "per s")
    }
    /// Short cases over loopback sockets. The goal applies to the whole time: the time of the runner, of the system for
    /// two connected sockets, and of the node in the same process for its key and signature.
    static let runSockets = Benchmark(
        name: "run short cases, sockets", limit: "wanted", goal: "at most 1 (1 ms of the runner's own per case)"
    ) {
        guard let trivial = Trivial() else { return nil }
        let rate = trivial.rate(1000) { runner, cases, take in
            do throws(NetworkError) { try runner.run(Schedule(cases), jobs: 1, take) } catch {
                Shell.complain("\(error)")
            }
        }
        return rate.map { Row(figure: 1000 / $0, limit: 1, unit: "ms") }
    }
    /// The suite over sockets with sixteen parallel cases, compared with the waiting time that it reports. With many
    /// more parallel cases, one case that waits 20 s is longer than the share of each.
    static let runSuite = Benchmark(
        name: "run nano suite -j 16", limit: "its waits / 16", goal: "below 1.3", needs: [.meshspec]
    ) {
        let command = "'\(Tool.program)' run --protocol nano --seed 1"
        // Over sockets the suite omits the cases that wait for minutes.
        let waits = "\(command) --simulate -k '!tag:long' --json 2>/dev/null | grep -o '\"microseconds\":[0-9]*'"
        guard let microseconds = Shell.number("\(waits) | awk -F: '{ all += $2 } END { print all }'"),
            let took = Shell.run("exec \(command) -j 16 >/dev/null 2>&1")
        else { return nil }
        return Row(figure: took / 1e9, limit: microseconds / 16e6, unit: "s")
    }
}

/// A case that connects, sends a request and receives an answer. It measures the cost of the runner per case with
/// minimal other work.
struct Trivial {
    static let text = """
        meshspec: 1
        id: bench.trivial
        title: A query is answered
        protocol: nano
        covers: [BENCH-1]
        actors:
          peer: {role: ref, key: $(key('peer'))}
          node: {role: dut}
        steps:
          - open: {from: peer, to: node, as: c}
          - send: {via: c, msg: nano.node_id_handshake, fields: {version: 2, query: $(random(32))}}
          - expect: {via: c, msg: nano.node_id_handshake, within: 5s}
            req: BENCH-1

        """
    static let requirements = """
        BENCH-1: {level: MUST, kind: server, text: A query is answered, source: {doc: bench, section: trivial}}

        """
    let runner: Runner
    let one: Case
    let rules: RequirementList

    /// Makes the case; nil, after reporting the reason, if it cannot be read.
    init?(text: String = Trivial.text, keepsEvidence: Bool = false) {
        let (list, _) = RequirementList.load(
            SourceFile(name: "bench requirements", bytes: Array(Self.requirements.utf8)))
        let library = Library(definitions: [.nano], requirements: ["nano": list])
        let source = SourceFile(name: "bench", bytes: Array(text.utf8))
        let (scenario, problems) = Scenario.load(source, library)
        guard let one = scenario?.cases.first, let settings = try? Definition.nano.settings() else {
            Shell.complain(problems.map { $0.rendered(source) }.joined())
            return nil
        }
        self.one = one
        rules = list
        var options = RunOptions(subject: .builtIn(bug: nil), settings: settings, seed: 1)
        options.keepsEvidence = keepsEvidence
        runner = Runner(.nano, list, options)
    }
    /// Returns the cases per second, the best of five rounds; nil if a case does not pass.
    func rate(_ count: Int, _ run: (Runner, [Case], (CaseResult) -> Void) -> Void) -> Double? {
        let cases = [Case](repeating: one, count: count)
        var best = Double.infinity
        for _ in 0..<5 {
            var passed = 0
            let start = Benchmark.now
            run(runner, cases) { if $0.verdict == .pass { passed += 1 } }
            best = min(best, Benchmark.now - start)
            guard passed == count else {
                Shell.complain("\(passed) of \(count) cases passed")
                return nil
            }
        }
        return Double(count) / (best / 1e9)
    }
}
