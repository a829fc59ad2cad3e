import Node
import Scenario
import TestThreads
import Testing

@testable import meshspec

/// The code defines the rules that passive observers judge. Pages and requirements must match it.
@Suite(.waits) struct ObservedRulesTests {
    /// Returns the rows after `## What the monitor can tell` of a page.
    static func rows(_ page: String) -> [String] {
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
        let section = lines.drop { $0 != "## What the monitor can tell" }.dropFirst().prefix { !$0.hasPrefix("## ") }
        return section.filter { $0.hasPrefix("|") }.dropFirst(2).map(String.init)
    }
    @Test(arguments: Registry.definitions.map(\.name)) func page(_ name: String) throws {
        let definition = try #require(Registry.definitions.first { $0.name == name })
        let page = try Shell.run("cat Spec/\(name)/README.md").out
        let wanted = definition.judging.observed.map { "| \($0.id) | \($0.severity.rawValue) | \($0.seen) |" }
        #expect(Self.rows(page) == wanted, "Spec/\(name)/README.md")
        #expect(!wanted.isEmpty && Set(definition.judging.observed.map(\.id)).count == wanted.count)
    }
    /// Each requirement is either judged or has the reason why it is not judged, never both.
    @Test func requirements() throws {
        var suite = try Suite("Spec")
        for d in suite.library.definitions {
            let list = suite.requirements(d.name)
            suite.checkObserved(list, d.judging.observed)
            #expect(d.judging.observed.allSatisfy { list[$0.id] != nil }, "\(d.name): a rule of no requirement")
        }
        #expect(suite.diagnostics.isEmpty)
        let all = suite.requirements("nano")
        let judged = try #require(all["NANO-18"])
        var explained = judged
        explained.unobservable = .receiver
        suite.checkObserved(RequirementList([judged, explained]), [])
        #expect(suite.diagnostics.map(\.message) == ["the monitor does not judge `NANO-18`"])
        suite.checkObserved(RequirementList([explained]), Registry.definitions.flatMap(\.judging.observed))
        #expect(suite.diagnostics.last?.message == "the monitor judges `NANO-18`, which is not `unobservable`")
    }
}
