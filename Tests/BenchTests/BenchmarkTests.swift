import Gossipsub
import Nano
import Report
import Scenario
import Testing

@testable import Bench

/// The measurements of `meshspec-bench run`. The tests do not check the speed.
struct RunBenchmarkTests {
    @Test func rows() {
        #expect(Benchmark.all.filter { $0.name.contains("run") }.count == 4)
        #expect(Set(Benchmark.all.map(\.name)).count == Benchmark.all.count)
    }
    /// The case passes with the reference node and fails with a node that does not answer. So it judges the node.
    @Test func trivial() throws {
        let trivial = try #require(Trivial())
        let rate = trivial.rate(20) { runner, cases, take in runner.simulate(Schedule(cases), take) }
        #expect(try #require(rate) > 0)
        var protocols = trivial.runner.protocols
        protocols[0].options.subject = .builtIn(bug: "no-answer")
        var verdicts: [Verdict] = []
        try #require(Runner(protocols)).simulate(Schedule([trivial.one])) { verdicts.append($0.verdict) }
        #expect(verdicts == [.fail])
        // One row measures the cost of evidence.
        var steps: [Int] = []
        for one in [trivial, try #require(Trivial(keepsEvidence: true))] {
            one.runner.simulate(Schedule([one.one])) { steps.append($0.steps.count) }
        }
        #expect(steps == [0, 3])
        let none = trivial.rate(1) { _, _, _ in }
        #expect(none == nil)
    }
}

/// The measurements of `meshspec-bench decode`.
struct DecodeBenchmarkTests {
    /// A missing tool is reported and is not a failure.
    @Test func missingTools() throws {
        let rows = Benchmark.all.filter { $0.name.hasPrefix("decode") && $0.limit != "hand-written loads" }
        #expect(rows.count == 17)
        let tshark = try #require(rows.first { $0.limit.contains("tshark") })
        #expect(tshark.needs.contains { if case .tshark = $0 { true } else { false } })
        #expect(Tool.tshark.missing == nil || Tool.tshark.missing == "there is no tshark here")
        #expect(rows.allSatisfy { !$0.needs.isEmpty })
    }
    /// The capture for the measurements has the stated contents.
    @Test func generatedCapture() throws {
        let file = try #require(GeneratedCapture(megabytes: 1))
        let read = try #require(file.read([.nano]))
        #expect(read.messages == file.messages && file.messages > 1000)
    }
    /// The gossipsub capture also has them. Each RPC is found inside its layers.
    @Test func generatedGossip() throws {
        let file = try #require(GeneratedGossip(megabytes: 1))
        let read = try #require(file.read([.gossipsub]))
        #expect(read.messages == file.messages && file.messages > 100)
    }
    /// The WebSocket capture also has them.
    @Test func generatedWebSocket() throws {
        let file = try #require(GeneratedWebSocket(megabytes: 1))
        #expect(file.isRead && file.messages > 1000)
    }
}

/// The arguments of `meshspec-bench`.
struct UsageTests {
    @Test func words() {
        #expect(Main.run(["no such row"], isJSON: false) == ExitCode.nothingMatched)
        let good = Benchmark(name: "decode slowly", limit: "none", goal: "1") {
            Benchmark.Row(figure: 2, limit: 1, unit: "ns")
        }
        let bad = Benchmark(name: "encode", limit: "none", goal: "1") { nil }
        #expect(Main.run(["decode", "relay"], isJSON: true, of: [good, bad]) == ExitCode.good)
        #expect(Main.run(["code"], isJSON: false, of: [good, bad]) == ExitCode.environment)
    }
}
