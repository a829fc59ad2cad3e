import Node
import Scenario
import Testing

@testable import Mutation

/// The settings under which mutants are tried.
@Suite struct MutationSettingsTests {
    /// The toy protocol with parameters: one has no effect, one gives the capability `more`, and two together give
    /// `both`.
    private static var definition: Definition {
        var d = Definition.toy
        d.configuration.parameters = [
            Parameter("size", "", choices: ["small", "large"], preset: "small"),
            Parameter("mode", "", choices: ["a", "b"], preset: "a"),
            Parameter("extra", "", choices: ["off", "on"], preset: "off"),
        ]
        d.configuration.capabilities = [Named("more", ""), Named("both", "")]
        d.configuration.lacks = { s in
            var out: Set<String> = []
            if s["mode"] != "b" { out.insert("more") }
            if s["mode"] != "b" || s["extra"] != "on" { out.insert("both") }
            return out
        }
        return d
    }
    private static func cases(needs: String, _ d: Definition) throws -> [Case] {
        let items = """
              - send: {via: c, msg: toy.ask}
              - expect: {via: c, msg: toy.answer, within: 1s, fields: {items: {$len: 2}}}
                req: TOY-2
            """
        let number = """
              - send: {via: c, msg: toy.ask, fields: {number: 0x0102}}
              - expect: {via: c, msg: toy.answer, within: 1s, fields: {number: 0x0102}}
                req: TOY-1
            """
        return try Toy.scenario("toy.items", "TOY-2", items, d).cases
            + Toy.scenario("toy.number", "TOY-1", needs: needs, number, d).cases
    }
    private static func run(_ cases: [Case], _ mutation: Mutation, _ d: Definition) throws -> MutationRun {
        let settings = try MutationPlan.settings(of: d, profile: nil, [:], for: cases)
        let rules = Toy.rules(Toy.rows).rules
        let run = MutationRun(
            MutationPlan(
                d, requirements: Toy.requirements, cases: cases, rules: rules, mutations: [mutation],
                settings: settings, seed: 1))
        run.work()
        return run
    }
    private static let wrong = Mutation.node(Bug("wrong-number", breaks: "TOY-1", "answers with another number"))

    /// A case that runs only with another value is tried with that value. No other value is tried.
    @Test func anotherValueLetsACaseRun() throws {
        let d = Self.definition
        let run = try Self.run(Self.cases(needs: "more", d), Self.wrong, d)
        guard case .killed(let finding)? = run.outcomes.first??.fate else {
            Issue.record("\(String(describing: run.outcomes.first))")
            return
        }
        #expect(finding.setting == "-P mode=b" && finding.id == "toy.number")
    }
    /// If another value enables no further case, a surviving mutant runs again with only the cases about it.
    @Test func otherValuesRunWhatIsAboutIt() throws {
        let d = Self.definition
        let cases = try Self.cases(needs: "more", d)
        let harmless = Mutation.node(Bug("harmless", breaks: "TOY-2", "does nothing wrong"))
        let run = try Self.run(cases, harmless, d)
        guard case .survived? = run.outcomes.first??.fate else {
            Issue.record("\(String(describing: run.outcomes.first))")
            return
        }
        let looked = Dictionary(uniqueKeysWithValues: run.fields.map { ($0.text, $0.looked) })
        #expect(looked == ["": 2, "-P size=large": 1, "-P mode=b": 1, "-P extra=on": 1])
        let other = Mutation.node(Bug("harmless", breaks: "TOY-1", "does nothing wrong"))
        let further = Dictionary(
            uniqueKeysWithValues: try Self.run(cases, other, d).fields.map { ($0.text, $0.looked) })
        #expect(further["-P mode=b"] == 2 && further["-P size=large"] == 1)
    }
    /// The effect of a fault may be visible only with another value, in a case that passed before.
    @Test func anotherValueShowsAFault() throws {
        var d = Self.definition
        d.reference.node = { ToyNode(isWrong: $0.bug == "wrong-number" && $0.settings["size"] == "large") }
        let run = try Self.run(Self.cases(needs: "'!more'", d), Self.wrong, d)
        guard case .killed(let finding)? = run.outcomes.first??.fate else {
            Issue.record("\(String(describing: run.outcomes.first))")
            return
        }
        #expect(finding.setting == "-P size=large")
    }
    /// If no profile allows the change, the plan first tries settings that enable further cases about it.
    @Test func whatLetsCasesRunComesFirst() throws {
        let d = Self.definition
        let tick = """
              - expect: {via: c, msg: toy.tick, window: 4s .. 6s}
                req: TOY-3
            """
        let cases = try Toy.scenario("toy.tick", "TOY-3", tick, d).cases + Self.cases(needs: "more", d).dropFirst()
        let mutant = try #require(WireMutant.named("says:toy.answer.number:more", of: d))
        let run = try Self.run(cases, .wire(mutant), d)
        guard case .killed(let finding)? = run.outcomes.first??.fate else {
            Issue.record("\(String(describing: run.outcomes.first))")
            return
        }
        #expect(finding.setting == "-P mode=b")
        #expect(run.fields.map(\.looked) == [2, 0, 2, 0])
    }
    /// The plan tries two values together if a case runs with neither value alone.
    @Test func twoValuesTogether() throws {
        let d = Self.definition
        func pairs(_ needs: String) throws -> [String] {
            try MutationPlan.settings(of: d, profile: nil, [:], for: Self.cases(needs: needs, d)).dropFirst(4)
                .map { MutationPlan.text($0, d) }
        }
        #expect(try pairs("both") == ["-P mode=b -P extra=on"])
        #expect(try pairs("more") == [])
        #expect(try pairs("more && !more") == [])
        let given = try MutationPlan.settings(of: d, profile: nil, ["mode": "b"], for: Self.cases(needs: "both", d))
        #expect(given.count == 3)
        let run = try Self.run(Self.cases(needs: "both", d), Self.wrong, d)
        guard case .killed(let finding)? = run.outcomes.first??.fate else {
            Issue.record("\(String(describing: run.outcomes.first))")
            return
        }
        #expect(finding.setting == "-P mode=b -P extra=on")
    }
}
