import Node
import RightMesh
import Simulation

extension Benchmark {
    /// The row that simulates a mesh of RightMesh reference nodes for ten virtual minutes, on one core. The result
    /// counts only if every superpeer finally knows every node, no live node was considered dead, and the number of
    /// sent bytes matches the formula.
    static let simulate = Benchmark(
        name: "simulate 10,050 nodes", limit: "wanted",
        goal: "at most 1 (50 superpeers, full-mesh, 10,000 peers, ten virtual minutes)"
    ) {
        guard let model = Definition.rightmesh.meshes.mesh,
            let settings = try? Definition.rightmesh.settings([model.mode: "full-mesh"])
        else { return nil }
        let plan = MeshPlan(MeshSize(hubs: 50, peers: 10_000), settings, seed: 1, duration: .seconds(600))
        let start = now
        guard let outcome = try? MeshSimulation.run(.rightmesh, model, plan) else { return nil }
        let took = now - start
        let ratio = outcome.bytesEachInterval(model) / Double(outcome.formula.hubs.bytes)
        guard outcome.known == outcome.wanted, outcome.falseExpiries == 0, ratio > 0.97, ratio < 1.03 else {
            let known = "\(outcome.known) of \(outcome.wanted)"
            Shell.complain("\(known) nodes are known; bytes: \(ratio) of the formula")
            return nil
        }
        return Row(figure: took / 1e9, limit: 60, unit: "s")
    }
}
