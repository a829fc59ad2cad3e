import Node
import Testing

@testable import Gossipsub

/// Small meshes in memory, in virtual time, and the invariants of each.
@Suite struct RouterMeshTests {
    private static func plan(
        peers: Int, seed: UInt64, profile: String = "spec", _ values: [String: String] = [:]
    ) throws -> GossipPlan {
        let model = try #require(Definition.gossipsub.meshes.gossip)
        let settings = try Definition.gossipsub.settings(profile: profile, model.presets.merging(values) { $1 })
        var plan = GossipPlan(peers: peers, settings, seed: seed)
        (plan.duration, plan.messagesEachSecond) = (.seconds(20), 5)
        return plan
    }
    private static func run(_ plan: GossipPlan) throws -> GossipOutcome {
        try #require(Definition.gossipsub.meshes.gossip).run(plan)
    }
    @Test(arguments: [("spec", 30), ("lib2p2", 20), ("js", 25), ("go", 3), ("ethereum", 40), ("rust", 12)])
    func losesNothing(profile: String, peers: Int) throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            var plan = try Self.plan(peers: peers, seed: seed, profile: profile)
            plan.dials = 6
            let outcome = try Self.run(plan)
            #expect(outcome.violations == [], "seed \(seed)")
            #expect(outcome.published == 100 && outcome.ratio == 1 && outcome.wanted == 100 * (peers - 1))
            #expect(outcome == (try Self.run(plan)), "one seed gives one history")
        }
    }
    /// Routers break no rule if connections break, topics are left and RPCs are lost, although not all messages arrive.
    @Test func upsets() throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            var plan = try Self.plan(peers: 30, seed: seed, ["unsubscribe_backoff": "1s", "backoff": "5s"])
            (plan.upsets, plan.loss, plan.dials) = (60, 0.02, 5)
            let outcome = try Self.run(plan)
            #expect(outcome.violations == [], "seed \(seed)")
            #expect(outcome.ratio > 0.97 && outcome.lost > 0 && outcome.upsets == 60, "\(outcome.ratio)")
        }
    }
    /// The simulation reports each invariant when a fault breaks it.
    @Test(arguments: [
        RouterFault.neverFillsMesh, .neverThinsMesh, .takesSeenAgain, .neverForwards, .graftsInBackoff, .sendsBack,
    ])
    func seesFault(fault: RouterFault) throws {
        var plan = try Self.plan(peers: 60, seed: 2, ["d_high": "8", "backoff": "5s"])
        plan.bug = fault.name
        plan.dials = 12
        if fault == .takesSeenAgain { (plan.duration, plan.messagesEachSecond) = (.seconds(1), 1) }
        let outcome = try Self.run(plan)
        #expect(outcome.violationCount > 0)
        let isAsMeant = outcome.violations.contains { violation in
            switch (fault, violation) {
            case (.neverFillsMesh, .small), (.neverThinsMesh, .large), (.takesSeenAgain, .twice),
                (.neverForwards, .late), (.graftsInBackoff, .graftInBackoff), (.sendsBack, .back):
                true
            default: false
            }
        }
        #expect(isAsMeant, "\(outcome.violations.prefix(3))")
    }
    /// Gossip delivers the messages that the mesh lost.
    @Test func gossipRepairs() throws {
        var plan = try Self.plan(peers: 30, seed: 4)
        plan.loss = 0.3
        let whole = try Self.run(plan)
        plan.bug = RouterFault.neverAsks.name
        let without = try Self.run(plan)
        #expect(whole.ratio > without.ratio && whole.ratio > 0.98, "\(whole.ratio) \(without.ratio)")
    }
}
