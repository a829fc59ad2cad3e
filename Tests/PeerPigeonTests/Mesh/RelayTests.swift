import Node
import Simulation
import TestSamples
import Testing

@testable import PeerPigeon

/// Meshes of hubs with clients in virtual time: the rules for each hub hold, even if hubs end meanwhile.
struct RelayTests {
    static func plan(
        _ hubs: Int, clients: Int? = nil, _ shape: RelayPlan.Shape = .random, seed: UInt64 = 1,
        profile: String = "seed", _ values: [String: String] = [:], upsets: Int = 0, bug: String? = nil
    ) throws -> RelayPlan {
        var values = values
        // Hubs that ended return within the time of the simulation.
        values["redials"] = "100"
        var plan = RelayPlan(
            hubs: hubs, clients: clients ?? hubs * 2, shape: shape,
            try Definition.peerPigeon.settings(profile: profile, values), seed: seed)
        (plan.upsets, plan.bug, plan.isOneMesh) = (upsets, bug, profile == "seed")
        return plan
    }
    static func run(_ plan: RelayPlan) throws -> RelayOutcome {
        try RelaySimulation.run(.peerPigeon, #require(Definition.peerPigeon.meshes.relay), plan)
    }

    @Test(arguments: [(3, 1), (5, 2), (8, 3), (20, 4)] as [(Int, UInt64)])
    func randomMesh(_ hubs: Int, _ seed: UInt64) throws {
        let o = try Self.run(Self.plan(hubs, seed: seed, upsets: 20))
        #expect(o.violations.isEmpty, "\(o.violations)")
        #expect(o.delivered >= 10 && o.upsets == 20 && o.relays > 0, "\(o)")
        #expect(o.tables.complete == o.tables.of && o.tables.of > 0, "\(o.tables)")
    }
    /// Data channels replace WebSocket: the messages use them, and return to WebSocket when a channel breaks.
    @Test(arguments: [("all", "digit-sum"), ("2", "digit-sum"), ("2", "xor")])
    func channels(_ fanout: String, _ metric: String) throws {
        var plan = try Self.plan(
            10, seed: 7,
            ["channels": "on", "max_channels": "8", "fanout": fanout, "metric": metric, "migration_delay": "1s"],
            upsets: 20)
        plan.hasToArrive = fanout == "all"
        let o = try Self.run(plan)
        #expect(o.violations.isEmpty, "\(o.violations)")
        #expect(o.tables.complete == o.tables.of && o.tables.of > 0, "\(o.tables)")
        #expect(o.delivered + o.undelivered >= 10)
        #expect(o.reports["hub_p2p_connected"] ?? 0 > 18 && o.reports["hub_mesh_migrated"] ?? 0 > 5, "\(o.reports)")
        #expect(o.reports["hub_p2p_disconnected"] ?? 0 > 5, "\(o.reports)")
    }
    static func channelPlan(_ bug: String?, upsets: Int = 0) throws -> RelayPlan {
        var plan = try plan(
            10, seed: 7, ["channels": "on", "max_channels": "8", "migration_delay": "1s"], upsets: upsets, bug: bug)
        plan.hasToArrive = false
        return plan
    }
    @Test func channelFaultsAreSeen() throws {
        let good = try Self.run(Self.channelPlan(nil))
        let toAll = try Self.run(Self.channelPlan("mesh-sends-to-all"))
        #expect(toAll.relays > good.relays && good.relays > 0, "\(toAll.relays) \(good.relays)")
        let stays = try Self.run(Self.channelPlan("mesh-never-migrates"))
        #expect(stays.reports["hub_mesh_migrated"] == nil && good.reports["hub_mesh_migrated"] ?? 0 > 0)
        let isolated = try Self.run(Self.channelPlan("mesh-never-falls-back", upsets: 30))
        #expect(isolated.violations.contains { Self.word($0) == "table" }, "\(isolated.violations)")
    }
    /// Some signals do not arrive with the documented choice of two hubs, and none arrives twice.
    @Test(arguments: Distance.Metric.allCases.map(\.rawValue)) func nearestTwo(_ metric: String) throws {
        var plan = try Self.plan(
            20, .random, seed: 4, ["channels": "on", "max_channels": "8", "metric": metric, "migration_delay": "0s"])
        (plan.hasToArrive, plan.probes) = (false, 50)
        let o = try Self.run(plan)
        #expect(o.violations.isEmpty, "\(o.violations)")
        #expect(o.delivered > 30, "\(o)")
    }
    /// Sizes up to 200, with more upsets.
    @Test(.enabled(if: Sample.isWhole), arguments: [3, 10, 30, 60, 100, 150, 200], [false, true])
    func allSizes(_ hubs: Int, _ hasChannels: Bool) throws {
        let values = ["channels": hasChannels ? "on" : "off", "max_channels": "8", "fanout": "all"]
        for seed in 1...(hubs > 60 ? 1 : 4) as ClosedRange<UInt64> {
            let plan = try Self.plan(hubs, clients: hubs, seed: seed, values, upsets: 2 * hubs)
            let o = try Self.run(plan)
            #expect(o.violations.isEmpty, "\(hubs) hubs, seed \(seed): \(o.violations)")
            #expect(o.tables.complete == o.tables.of && o.tables.of > hubs / 2, "\(o.tables)")
            #expect(o.delivered > 5)
        }
    }
    @Test func oneSeedOneHistory() throws {
        let first = try Self.run(Self.plan(6, seed: 9, upsets: 10))
        #expect(try Self.run(Self.plan(6, seed: 9, upsets: 10)) == first)
        #expect(try Self.run(Self.plan(6, seed: 10, upsets: 10)) != first)
    }
    /// The hubs of the other profiles form stars. Relayed messages arrive once.
    @Test(arguments: ["robust", "v1.1.3"]) func star(_ profile: String) throws {
        let o = try Self.run(Self.plan(6, .star, profile: profile))
        // Version 1.1.3 does not check the network of a message from another hub (HUB-67).
        let words = Set(o.violations.map(Self.word))
        #expect(words == (profile == "robust" ? [] : ["other network"]), "\(o.violations)")
        #expect(o.delivered >= 10)
    }
    /// Messages over more than one hop are lost in other meshes. With version 1.1.3, messages over two hubs arrive
    /// twice (HUB-65).
    @Test(arguments: ["robust", "v1.1.3"]) func deployedRelayIsForStars(_ profile: String) throws {
        var plan = try Self.plan(12, seed: 3, profile: profile)
        plan.probes = 40
        let o = try Self.run(plan)
        #expect(o.violations.contains { if case .lost = $0 { true } else { false } }, "\(o.violations)")
        let isTwice = o.violations.contains { if case .twice = $0 { true } else { false } }
        #expect(isTwice == (profile == "v1.1.3"), "\(o.violations)")
    }
    /// A signal ends after its number of hops, and so does gossip. More distant peers are unknown.
    @Test func hopLimit() throws {
        var plan = try Self.plan(8, clients: 16, .line, ["hops": "4"])
        (plan.hops, plan.hasToArrive, plan.probes) = (4, false, 40)
        let o = try Self.run(plan)
        #expect(o.violations.isEmpty, "\(o.violations)")
        #expect(o.farthest == 4 && o.undelivered > 0 && o.delivered > 0, "\(o)")
    }

    /// The effect of each fault of a mesh is visible.
    @Test(arguments: [
        ("relays-again", "twice"), ("mesh-takes-again", "loop"), ("relays-twice", "loop"), ("mesh-sends-back", "loop"),
        ("relays-back", "loop"), ("mesh-network-not-checked", "other network"),
        ("relay-network-not-checked", "other network"), ("no-relay", "lost"), ("mesh-one-hop", "table"),
        ("mesh-forgets-leaves", "table"), ("mesh-never-expires", "table"), ("mesh-never-refreshes", "table"),
    ]) func faultIsSeen(_ bug: String, _ what: String) throws {
        var plan = try Self.plan(7, seed: 5, upsets: 20, bug: bug)
        plan.probes = 20
        let o = try Self.run(plan)
        let seen = Set(o.violations.map(Self.word))
        #expect(seen.contains(what), "\(bug): \(seen)")
    }
    @Test func noHopLimitIsSeen() throws {
        var plan = try Self.plan(8, clients: 16, .line, ["hops": "4"], bug: "mesh-no-hop-limit")
        (plan.hops, plan.hasToArrive, plan.probes) = (4, false, 40)
        #expect(try Self.run(plan).violations.contains { Self.word($0) == "too far" })
    }
    static func word(_ violation: RelayViolation) -> String {
        switch violation {
        case .twice: "twice"
        case .stray: "stray"
        case .otherNetwork: "other network"
        case .lost: "lost"
        case .loop, .endless: "loop"
        case .tooFar: "too far"
        case .table: "table"
        }
    }
}
