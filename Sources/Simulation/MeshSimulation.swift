public import Network
public import Node

/// The simulation of meshes in virtual time, on one core.
public enum MeshSimulation {
    /// Runs a mesh for the duration of its plan. One plan has one outcome.
    public static func run(
        _ definition: Definition, _ model: MeshModel, _ plan: MeshPlan
    ) throws(NetworkError) -> MeshOutcome {
        let mesh = Mesh(definition, model, plan)
        var whole = TrafficCount(plan.size)
        var steady = TrafficCount(plan.size)
        var begun: Instant?
        mesh.onDatagram { from, to, bytes in
            guard let exchange = model.exchange(bytes) else { return }
            whole.add(from: from, to: to, bytes.byteCount, in: exchange)
            if begun != nil { steady.add(from: from, to: to, bytes.byteCount, in: exchange) }
        }
        try mesh.start()
        let end = Instant.zero + plan.duration
        var oldest = 0
        var now = Instant.zero
        while now < end {
            now = min(now + .seconds(1), end)
            mesh.run(until: now)
            oldest = max(oldest, mesh.oldest)
            // A hub that has just learned a node has not informed all others yet.
            if begun == nil, let at = mesh.census.converged, at + model.longestInterval <= now { begun = now }
        }
        whole.time = plan.duration
        steady.time = begun.map { end - $0 } ?? .zero
        let census = mesh.census
        return MeshOutcome(
            plan: plan, formula: model.cost(plan.size, plan.settings),
            converged: census.converged.map { $0 - .zero }, curve: census.curve.map { ($0.time - .zero, $0.count) },
            wanted: census.wanted, falseExpiries: census.falseExpiries, otherLosses: census.otherLosses, oldest: oldest,
            whole: whole, steady: steady)
    }
}
