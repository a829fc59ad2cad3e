import Node
import Scenario
import TestLayers
import Testing

@testable import Mutation

@Suite struct MutationRunTests {
    static func run(
        _ mutations: [Mutation]? = nil, seed: UInt64 = 1, threads: Int = 1, _ definition: Definition = .toy
    ) async throws -> MutationRun {
        let (rules, problems) = Toy.rules(Toy.rows)
        #expect(problems.isEmpty)
        let all = WireMutant.all(of: .toy).map { Mutation.wire($0) } + Definition.toy.reference.bugs.map { .node($0) }
        let plan = MutationPlan(
            definition, requirements: Toy.requirements, cases: try Toy.cases(definition), rules: rules,
            mutations: mutations ?? all,
            settings: try MutationPlan.settings(of: .toy, profile: nil, [:]), seed: seed)
        let run = MutationRun(plan)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<threads { group.addTask { run.work() } }
        }
        return run
    }
    static func fates(_ run: MutationRun) -> [String: String] {
        var out: [String: String] = [:]
        for o in run.outcomes.compactMap(\.self) {
            out[o.mutation.name] =
                switch o.fate {
                case .killed(let f), .blamed(let f): "\(o.fate.word) \(f.verdict.rawValue) \(f.requirement) \(f.id)"
                default: o.fate.word
                }
        }
        return out
    }

    @Test func whatBecomesOfEach() async throws {
        let run = try await Self.run()
        #expect(run.unfit.isEmpty && run.done == run.plan.mutations.count)
        let fates = Self.fates(run)
        let expected = [
            "says:toy.answer.number:more": "killed fail TOY-1 toy.number",
            "says:toy.answer.number:swapped": "killed fail TOY-1 toy.number",
            "says:toy.answer.number:neighbour": "killed fail TOY-1 toy.number",
            // Each case has one question, so there is no earlier answer.
            "says:toy.answer.number:stale": "never-applied",
            "says:toy.answer.other:more": "blamed fail TOY-1 toy.number",
            "says:toy.answer.spare:more": "cannot-matter",
            "says:toy.answer.items:fewer": "killed fail TOY-2 toy.items",
            "says:toy.answer.items:reversed": "survived",
            "says:toy.answer.items.id:last": "survived",
            "says:toy.answer:dropped": "killed fail TOY-1 toy.number",
            "says:toy.answer:late": "killed fail TOY-1 toy.number",
            "says:toy.answer:elsewhere": "never-applied",
            "says:toy.answer:truncated": "trivial",
            "hears:toy.ask.number:swapped": "killed fail TOY-1 toy.number",
            "hears:toy.ask:dropped": "killed fail TOY-1 toy.number",
            "hears:toy.answer:dropped": "unassigned",
            "says:toy.unsaid.value:more": "never-applied",
            "timer:toy.tick:early": "killed warn TOY-3 toy.tick",
            "timer:toy.tick:late": "killed warn TOY-3 toy.tick",
            "timer:toy.tick:never": "killed warn TOY-3 toy.tick",
            "timer:close:never": "unassigned",
            "bug:wrong-number": "killed fail TOY-1 toy.number",
        ]
        for (name, fate) in expected { #expect(fates[name] == fate, "\(name)") }
    }
    /// Messages in a layer are changed there, with the same results.
    @Test func throughLayers() async throws {
        let plain = Self.fates(try await Self.run())
        let layered = Self.fates(try await Self.run(nil, seed: 1, threads: 1, .toy.inEnvelopes(carriesMessages: true)))
        let others = Set(plain.keys).union(layered.keys).filter { plain[$0] != layered[$0] }.sorted()
        #expect(others.isEmpty, "\(others.map { "\($0): \(plain[$0] ?? "-"), in layers \(layered[$0] ?? "-")" })")
    }
    @Test func oneSeedGivesOneOutcome() async throws {
        let one = Self.fates(try await Self.run())
        #expect(Self.fates(try await Self.run(threads: 2)) == one)
        #expect(one.values.contains("survived") && one.values.contains("never-applied"))
    }
    @Test func theScoreCountsWhatCounts() async throws {
        let run = try await Self.run()
        let score = MutationScore(run.outcomes.compactMap(\.self), Toy.requirements)
        #expect(score.requirements.map(\.requirement.id) == ["TOY-1", "TOY-2", "TOY-3"])
        let tick = try #require(score.requirements.last?.wire)
        #expect(tick.killed == 3 && tick.scored == 3 && tick.percent == 100)
        let items = try #require(score.requirements.dropFirst().first)
        #expect(items.wire.survived > 0 && items.wire.blamed > 0 && items.node.killed == 1)
        #expect((items.wire.percent ?? 100) < 100)
        // Mutants without a requirement are counted and left out.
        #expect((score.wire[nil]?.leftOut["unassigned"] ?? 0) > 0 && score.wire[nil]?.scored == 0)
        #expect(score.node[.must]?.percent == 100)
    }
    @Test func theLeastIsRoundedDownToWholeMutants() {
        var count = MutationCount([])
        (count.killed, count.blamed) = (11, 1)
        #expect(count.reaches(percent: 95) && count.reaches(percent: 91) && !count.reaches(percent: 100))
        (count.killed, count.survived) = (37, 2)
        #expect(!count.reaches(percent: 95))
    }
    @Test func aSampleFollowsFromTheSeed() async throws {
        func names(_ seed: UInt64) async throws -> [String] {
            var plan = try await Self.run([]).plan
            plan.seed = seed
            plan.mutations = WireMutant.all(of: .toy).map { .wire($0) }
            plan.sample(5)
            return plan.mutations.map(\.name)
        }
        let one = try await names(1)
        #expect(one.count == 5 && Set(one).count == 5)
        #expect(try await names(1) == one)
        #expect(try await names(2) != one)
    }
}

@Suite struct MutationRuleTests {
    @Test func theFirstRowDecides() {
        let rules = Toy.rules(Toy.rows).rules
        #expect(rules.lateness == .seconds(3))
        #expect(rules.first("says", "toy.answer.spare", "more")?.reason == "nobody looks at it")
        #expect(rules.first("says", "toy.answer.number", "more")?.breaks == ["TOY-1", "TOY-2"])
        #expect(rules.first("hears", "toy.answer", "dropped") == nil)
    }
    @Test func mistakesAreTold() {
        func codes(_ rows: String) -> [DiagnosticCode] {
            let (rules, problems) = Toy.rules("meshspec-mutations: 1\nrows:\n" + rows)
            return (problems + rules.idle(in: .toy)).map(\.code)
        }
        #expect(codes("  - {says: toy.ask.number, breaks: [TOY-1]}\n").isEmpty)
        #expect(codes("  - {says: toy.ask.numbr, breaks: [TOY-1]}\n") == [.unknownField])
        #expect(codes("  - {says: toy.ask.number, do: [fewer], breaks: [TOY-1]}\n") == [.badValue])
        #expect(codes("  - {says: [toy.ask, toy.aks], breaks: [TOY-1]}\n") == [.unknownField])
        #expect(codes("  - {says: toy.ask, breaks: [TOY-9]}\n") == [.unknownRequirement])
        #expect(codes("  - {says: toy.ask, do: [explode], breaks: [TOY-1]}\n").contains(.badValue))
        #expect(codes("  - {says: toy.ask}\n") == [.missingKey])
        #expect(codes("  - {says: toy.ask, breaks: [TOY-1], because: both}\n") == [.missingKey])
        #expect(codes("  - {breaks: [TOY-1]}\n") == [.missingKey])
    }
    /// A message can be cut short when it is sent, but not when it is received.
    @Test func namesActionsThatSideAllows() {
        func told(_ row: String) -> [String] {
            Toy.rules("meshspec-mutations: 1\nrows:\n  - {\(row), breaks: [TOY-1]}\n").rules.idle(in: .toy)
                .map { "\($0.code.rawValue) \($0.message): \($0.label)" }
        }
        let allowed = "`do` can have `doubled`, `dropped`, `elsewhere`, `late`"
        let instead = "; `says` in place of `hears` can have `truncated`"
        #expect(
            told("hears: toy.ask, do: [truncated]") == [
                "MS0103 no mutation of `toy.ask` with `hears` does `truncated`: " + allowed + instead
            ])
        // One action of several is a mistake as well.
        #expect(
            told("hears: [toy.ask, toy.answer], do: [dropped, truncated]") == [
                "MS0103 no mutation of `toy.ask`, `toy.answer` with `hears` does `truncated`: " + allowed + instead
            ])
        #expect(
            told("timer: toy.ask.number") == [
                "MS0103 no mutation with `timer` changes `toy.ask.number`: write `hears` or `says`"
            ])
        #expect(told("hears: toy.ask, do: [dropped]").isEmpty)
    }
}
