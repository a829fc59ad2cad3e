import Node
import Testing

@testable import Gossipsub

/// A rule of the router as a check. It holds for a correct router. It fails for a router with any of the listed faults.
/// Tests/Mutants alters the router at every place.
struct RouterRule: Sendable, CustomTestStringConvertible {
    let name: String
    let faults: [RouterFault]
    let holds: @Sendable (Set<RouterFault>) -> Bool
    init(_ name: String, _ faults: [RouterFault] = [], _ holds: @escaping @Sendable (Set<RouterFault>) -> Bool) {
        (self.name, self.faults, self.holds) = (name, faults, holds)
    }
    var testDescription: String { name }

    static let all = topics + meshes + heartbeats + messages + signatures + gossip + missed + others
}

@Suite struct RouterRuleTests {
    @Test(arguments: RouterRule.all)
    func holds(rule: RouterRule) { #expect(rule.holds([])) }

    @Test(arguments: RouterRule.all)
    func failsWithFault(rule: RouterRule) {
        for fault in rule.faults { #expect(!rule.holds([fault]), "\(fault.name)") }
    }
    /// Each fault breaks a rule, and its name includes a requirement.
    @Test func allFaultsAreSeen() {
        let seen = Set(RouterRule.all.flatMap(\.faults))
        let unseen = RouterFault.allCases.filter { !seen.contains($0) }.map(\.name)
        #expect(unseen == [])
        #expect(RouterFault.bugs.allSatisfy { $0.requirement.hasPrefix("GS-") })
    }
}
