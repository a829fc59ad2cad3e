import Gossipsub
import Node

extension Benchmark {
    /// Simulates a mesh of gossipsub routers for a virtual minute, on one core, without lower layers and signatures.
    /// The result counts only if every message arrived at all routers exactly once, and no router broke a prohibition.
    static let routers = Benchmark(
        name: "simulate 1,000 routers", limit: "real time / 10",
        goal: "at most 1 (D = 6, ten messages a second, a virtual minute)"
    ) {
        guard let model = Definition.gossipsub.meshes.gossip,
            let settings = try? Definition.gossipsub.settings(model.presets)
        else { return nil }
        var plan = GossipPlan(peers: 1000, settings, seed: 1)
        plan.countsBytes = false
        let start = now
        let outcome = model.run(plan)
        let took = now - start
        guard outcome.ratio == 1, outcome.violationCount == 0, outcome.published == 600 else {
            Shell.complain("\(outcome.reached) of \(outcome.wanted) came; \(outcome.violationCount) violations")
            return nil
        }
        // The time before the first message and after the last one does not count, because there is little activity.
        let seconds = Double(plan.duration.components.seconds)
        return Row(figure: took / 1e9, limit: seconds / 10, unit: "s")
    }
}
