import Mutation
import Nano
import Node
import Scenario
import Testing
import Wire

@testable import Report

/// The results of mutants, as text and as JSON. Without cases, no mutant is killed.
struct MutationReportTests {
    static func report() throws -> MutationReport {
        let bug = try #require(Definition.nano.reference.bugs.first { $0.name == "bad-signature" })
        let list = RequirementList([
            Requirement(id: bug.requirement, level: .must, kind: "server", text: "Signed.", source: "", quote: "")
        ])
        let (rules, problems) = MutationRules.load(
            SourceFile(
                name: "mutations.yaml",
                bytes: Array(
                    """
                    meshspec-mutations: 1
                    rows:
                      - says: nano.keepalive
                        do: [doubled]
                        because: nobody minds
                      - says: nano.keepalive
                        breaks: [\(bug.requirement)]

                    """.utf8)), list, actions: WireAction.allCases.map(\.rawValue))
        #expect(problems.isEmpty)
        let wire = ["says:nano.keepalive:dropped", "says:nano.keepalive:doubled", "says:nano.publish:dropped"]
        let mutations = try wire.map { Mutation.wire(try #require(WireMutant.named($0, of: .nano))) } + [.node(bug)]
        let settings = try MutationPlan.settings(of: .nano, profile: nil, [:])
        let plan = MutationPlan(
            .nano, requirements: list, cases: [], rules: rules, mutations: mutations, settings: settings, seed: 7)
        let run = MutationRun(plan)
        run.work()
        return MutationReport(run)
    }
    @Test func text() throws {
        let text = try Self.report().text()
        #expect(text.contains("node: MUST 0.0 % (0 of 1 killed, 0 blamed at another, 1 survived)"))
        #expect(text.contains("1 survived)\nThese faults were chosen: "))
        #expect(text.contains("left out: 3 of 4 (75.0 %)") && text.contains("  1  cannot matter: nobody minds"))
        #expect(text.contains("never applied") && text.contains("Not assigned to a requirement (1):"))
        // The command that shows the mutant.
        #expect(text.contains("    meshspec run --protocol nano --simulate --seed 7 --bug bad-signature -k 'req:"))
    }
    @Test func json() throws {
        let value = try Self.report().value()
        let page = try ResultsPageTests.page()
        func check(_ heading: String, _ v: Value?) throws {
            let known = try #require(page[heading], "no table under \(heading)")
            let members = ResultsPageTests.members(v)
            #expect(known.always.subtracting(members).isEmpty && members.subtracting(known.all).isEmpty, "\(heading)")
            #expect(!members.isEmpty)
        }
        try check("mutate --json", value)
        try check("requirement of mutate", ResultsPageTests.first(value["requirements"]))
        try check("tally of mutants", ResultsPageTests.first(value["requirements"])?["wire"])
        guard case .list(let outcomes)? = value["outcomes"] else { throw Absent() }
        for o in outcomes { try check("outcome of mutate", o) }
        #expect(outcomes.map { $0["fate"] } == ["never-applied", "cannot-matter", "unassigned", "survived"])
        let tallies = try #require(MutantTally.read(value))
        #expect(tallies.values.map(\.text) == ["node 0/1"])
    }
    struct Absent: Error {}
}
