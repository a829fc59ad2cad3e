import Scenario
import Testing

@testable import meshspec

/// What `meshspec bench run` measures; how fast it is, is not asked here.
struct RunBenchTests {
    @Test func rows() {
        #expect(Bench.all.filter { $0.name.contains("run") }.count == 4)
        #expect(Set(Bench.all.map(\.name)).count == Bench.all.count)
    }
    /// The case passes with the reference node and fails with one that does not answer: it judges something.
    @Test func trivial() throws {
        let trivial = try #require(Trivial())
        let rate = trivial.rate(20) { runner, cases, take in runner.simulate(Schedule(cases), take) }
        #expect(try #require(rate) > 0)
        var options = trivial.runner.options
        options.subject = .builtIn(bug: "no-answer")
        var verdicts: [Verdict] = []
        Runner(trivial.runner.definition, trivial.runner.requirements, options)
            .simulate(Schedule([trivial.one])) { verdicts.append($0.verdict) }
        #expect(verdicts == [.fail])
        // One of the rows is about what evidence takes.
        var steps: [Int] = []
        for one in [trivial, try #require(Trivial(keepsEvidence: true))] {
            one.runner.simulate(Schedule([one.one])) { steps.append($0.steps.count) }
        }
        #expect(steps == [0, 3])
        let none = trivial.rate(1) { _, _, _ in }
        #expect(none == nil)
    }
}
