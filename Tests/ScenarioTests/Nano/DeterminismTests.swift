import Nano
import Network
import Node
import TestSamples
import Testing

@testable import Scenario

/// One seed gives one history. The verdicts do not depend on how the suite runs.
@Suite struct DeterminismTests {
    static func options(_ seed: UInt64 = 7) throws -> RunOptions {
        RunOptions(subject: .builtIn(bug: nil), settings: try Definition.nano.settings(), seed: seed)
    }
    static let cases = Specification.scenarios.flatMap(\.cases)
    static func simulate(
        _ cases: [Case] = cases, rounds: Int = 1, _ set: (inout RunOptions) -> Void = { _ in }
    ) throws -> [CaseResult] {
        var o = try options()
        set(&o)
        var out: [CaseResult] = []
        Runner(.nano, Specification.requirements, o).simulate(Schedule(cases, rounds: rounds)) { out.append($0) }
        return out
    }
    static func verdicts(_ results: [CaseResult]) -> [String] { results.map { "\($0.id) \($0.told)" }.sorted() }

    @Test func theFirstRoundIsThePlainRun() throws {
        let plain = NanoSuiteTests.history(try SuiteRun.seven.get())
        let rounds = try Self.simulate(rounds: 2)
        #expect(NanoSuiteTests.history(rounds.filter { $0.round == 1 }) == plain)
        let some = Sample.every(8, of: Self.cases)
        let again = try Self.simulate(some, rounds: 2)
        #expect(again.count == 2 * some.count)
        #expect(NanoSuiteTests.history(Self.only(some, of: rounds)) == NanoSuiteTests.history(again))
        let second = rounds.filter { $0.round == 2 }
        #expect(second.map(\.verdict) == rounds.filter { $0.round == 1 }.map(\.verdict))
        #expect(NanoSuiteTests.history(second) != plain)
        // The reported seed of a later round reproduces that round alone.
        let one = try #require(second.first { $0.id == "nano.handshake.v2-signature" })
        let alone = try Self.simulate(Self.cases.filter { $0.id == one.id }) { $0.seed = one.seed }
        #expect(NanoSuiteTests.history(alone) == NanoSuiteTests.history([one]))
    }
    /// Returns the results of these cases.
    static func only(_ cases: [Case], of results: [CaseResult]) -> [CaseResult] {
        let ids = Set(cases.map(\.id))
        return results.filter { ids.contains($0.id) }
    }
    @Test(arguments: Chop.allCases)
    func segmentsChangeNoVerdict(_ chop: Chop) throws {
        let plain = try SuiteRun.seven.get()
        // A stream has no datagrams, so chops of datagrams have no effect here.
        let cases = Sample.every(chop == .small || chop == .reversed ? 16 : 3, of: Self.cases)
        let cut = try Self.simulate(cases) { $0.chop = chop }
        #expect(cut.count == cases.count && Self.verdicts(cut) == Self.verdicts(Self.only(cases, of: plain)))
        let some = Sample.every(4, of: cases)
        let again = try Self.simulate(some) { $0.chop = chop }
        #expect(again.count == some.count)
        #expect(NanoSuiteTests.history(Self.only(some, of: cut)) == NanoSuiteTests.history(again))
    }
    /// The segments are cut: a node reports the number of pieces and the texts that it received.
    @Test(arguments: [
        (Chop.bytes, "8:a|b"), (.before, "4:a|b"), (.behind, "4:a|b"), (.coalesced, "1:a|b"),
    ])
    func segmentsAreCut(_ chop: Chop, _ told: String) throws {
        let steps = """
              - send: {via: c, msg: toy.say, fields: {text: aaa}}
              - send: {via: c, msg: toy.say, fields: {text: b}}
              - expect: {via: c, msg: toy.say, within: 1s, fields: {text: "\(told.replacing("a|", with: "aaa|"))"}}
            """
        let r = try playAll(try toy(steps), [.on(.heard("b"), .tell)]) { $0.chop = chop }
        #expect(r.map(\.told) == ["pass"])
    }
    @Test func jobsChangeNoVerdict() throws {
        // This test waits in real time, so it runs a part of the cases.
        let quick = Sample.every(8, of: Self.cases).filter { !$0.scenario.tags.contains("slow") }
        #expect(quick.count > 20)
        let simulated = Self.only(quick, of: try SuiteRun.seven.get())
        // The cases with less than one second also run one after the other.
        let short = simulated.filter { $0.duration < .seconds(1) }
        #expect(short.count > 10)
        for (jobs, wanted) in [(1, short), (8, simulated)] {
            let cases = quick.filter { c in wanted.contains { $0.id == c.id } }
            var out: [CaseResult] = []
            try Runner(.nano, Specification.requirements, Self.options()).run(Schedule(cases), jobs: jobs) {
                out.append($0)
            }
            #expect(Self.verdicts(out) == Self.verdicts(wanted), "\(jobs) jobs")
        }
    }
}
