import Network
import Node
import RightMesh
import Testing

@testable import Simulation

@Suite struct MeshSimulationTests {
    private let model: MeshModel
    init() throws { model = try #require(Definition.rightmesh.meshes.mesh) }

    private func run(
        _ hubs: Int, _ peers: Int, mode: String = "full-mesh", seed: UInt64 = 1, loss: Double = 0, seconds: Int = 60,
        delay: ClosedRange<Duration>? = nil
    ) throws -> MeshOutcome {
        var plan = MeshPlan(
            MeshSize(hubs: hubs, peers: peers), try Definition.rightmesh.settings(["advertise": mode]), seed: seed)
        plan.conditions.loss = loss
        if let delay { plan.conditions.delay = delay }
        plan.duration = .seconds(seconds)
        return try MeshSimulation.run(.rightmesh, model, plan)
    }
    /// Each node is known within two INTERVALs, no node is lost, and no record becomes old.
    @Test(arguments: ["transit", "full-mesh"]) func converges(mode: String) throws {
        let o = try run(6, 60, mode: mode)
        let converged = try #require(o.converged)
        #expect(converged > .zero && converged <= .seconds(14))
        #expect(o.known == 6 * 65 && o.wanted == 6 * 65 && o.falseExpiries == 0)
        // A superpeer receives from a peer at least each 6.6 s. Its reports about the peer have the same interval.
        #expect(o.oldest >= 5 && o.oldest <= 15)
        #expect(o.curve.map(\.known).max() == o.wanted && o.curve.allSatisfy { $0.known <= o.wanted })
        #expect(zip(o.curve, o.curve.dropFirst()).allSatisfy { $0.time < $1.time })
    }
    /// One seed gives one history. Another seed gives another one.
    @Test func repeatable() throws {
        let first = try run(4, 30, seed: 5, loss: 0.1)
        let again = try run(4, 30, seed: 5, loss: 0.1)
        #expect(first.whole == again.whole && first.converged == again.converged)
        #expect(first.curve.map(\.known) == again.curve.map(\.known))
        #expect(try run(4, 30, seed: 6, loss: 0.1).whole != first.whole)
    }
    /// Without loss, an interval costs the result of the formula, except at the start and the end of the count. With
    /// loss, more is sent, because requests and answers are repeated. Each node is still known, and none is considered
    /// lost.
    @Test func loss() throws {
        let dry = try run(5, 50, seconds: 300)
        let wet = try run(5, 50, loss: 0.2, seconds: 300)
        let formula = Double(dry.formula.hubs.bytes)
        #expect(abs(dry.bytesEachInterval(model) / formula - 1) < 0.03)
        #expect(wet.bytesEachInterval(model) / formula > 1.15)
        #expect(wet.known == wet.wanted && wet.falseExpiries == 0)
        #expect(try #require(wet.converged) > #require(dry.converged))
    }
    /// If nothing arrives, no node is known, and the result shows it.
    @Test func nothingArrives() throws {
        let o = try run(3, 5, loss: 1)
        #expect(o.converged == nil && o.known == 0 && o.oldest == 0 && o.steady.total == MeshTraffic())
        #expect(o.whole.total.messages > 0)
    }
    /// Slow links, on which datagrams overtake one another by large times.
    @Test func slow() throws {
        let o = try run(5, 40, seconds: 120, delay: .milliseconds(20) ... .milliseconds(400))
        #expect(o.known == o.wanted && o.falseExpiries == 0)
    }
    /// The counts by node and by kind are the same bytes.
    @Test func sums() throws {
        let o = try run(3, 20)
        #expect(o.whole.sent.reduce(0, +) == o.whole.total.bytes)
        #expect(o.whole.messages.values.reduce(0, +) == o.whole.total.messages)
        #expect(o.whole.total.messages == o.whole.total.datagrams)
        #expect(o.whole.messages["rightmesh.info"] == o.whole.messages["rightmesh.info_ack"])
        #expect(
            Set(o.whole.messages.keys) == [
                "rightmesh.hello", "rightmesh.hello_ack", "rightmesh.info", "rightmesh.info_ack",
            ])
    }
    /// Over a longer time, the average and its fit approach the formula.
    @Test func growth() throws {
        var all: [MeshOutcome] = []
        for hubs in [3, 5] { for peers in [30, 60, 120] { all.append(try run(hubs, peers, seconds: 600)) } }
        let growth = MeshGrowth(all, model)
        #expect(growth.lines.map(\.hubs) == [3, 5])
        for line in growth.lines {
            #expect(line.fit.determination > 0.999 && abs(line.fit.slope / line.formula.slope - 1) < 0.05, "\(line)")
        }
        let powers = try #require(growth.powers)
        #expect(abs(powers.p - 1) < 0.05 && abs(powers.q - 1) < 0.05, "\(powers)")
        #expect(MeshGrowth(Array(all.prefix(1)), model).lines.isEmpty)
    }
}
