import Nano
import Node
import Testing
import Wire

@testable import Scenario

/// Four scenarios as an author would write them, one for each kind of protocol, show that the language is sufficient.
/// The scenarios load and pass the checks, and the Nano scenario runs. Messages and fields of made-up protocols have
/// made-up names.
@Suite struct WorkedExamplesTests {
    @Test func nanoRuns() throws {
        let scenario = try loaded(WorkedExamples.nano, Specification.library)
        func told(_ profile: String, bug: String? = nil) throws -> [String] {
            let definition = Definition.nano
            let options = RunOptions(
                subject: .builtIn(bug: bug), settings: try definition.settings(profile: profile), seed: 1)
            var results: [CaseResult] = []
            Runner(definition, Specification.requirements, options).simulate(Schedule(scenario.cases)) {
                results.append($0)
            }
            return results.map(\.told)
        }
        for profile in ["legacy", "v28", "v29dev"] { #expect(try told(profile) == ["pass"], "\(profile)") }
        for bug in ["v1-signs-genesis", "v1-query-ignored"] {
            let told = try told("v28", bug: bug).first ?? ""
            #expect(told.hasPrefix("fail NANO-"), "\(told)")
        }
    }
    @Test(arguments: ["gossipsub", "rightmesh", "peerpigeon"]) func loads(_ name: String) throws {
        let text = try #require(
            [
                "gossipsub": WorkedExamples.gossipsub, "rightmesh": WorkedExamples.rightmesh,
                "peerpigeon": WorkedExamples.peerpigeon,
            ][name])
        let scenario = try loaded(text, WorkedExamples.library)
        #expect(
            scenario.cases.map(\.id)
                == (name == "rightmesh"
                    ? ["drop-first", "drop-middle", "drop-last"].map { "rightmesh.hello.split-lost-fragment[\($0)]" }
                    : [scenario.id]))
        #expect(diagnosticsOfSlip(text).contains { $0.hasPrefix("MS0101") })
    }
    /// Returns the diagnostics of the example with a typing error in it.
    func diagnosticsOfSlip(_ text: String) -> [String] {
        let slip = text.replacing("within:", with: "witin:")
        return Scenario.load(source(slip), WorkedExamples.library).diagnostics.map(\.line)
    }
    func loaded(_ text: String, _ library: Library) throws -> Scenario {
        let (scenario, diagnostics) = Scenario.load(source(text), library)
        #expect(diagnostics.filter { $0.severity == .error }.map(\.line) == [])
        return try #require(scenario)
    }
}
