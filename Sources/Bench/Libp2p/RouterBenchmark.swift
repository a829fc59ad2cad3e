import Gossipsub
import Node

extension Benchmark {
    /// A mesh of routers of gossipsub for a virtual minute, on one core, without layers below and signatures. It counts
    /// only when every message came to all, each once, and no router did what none may.
    static let routers = Benchmark(
        name: "simulate 1,000 routers", limit: "real time / 10",
        goal: "at most 1 (D = 6, ten messages a second, a virtual minute)"
    ) {
        guard let model = Definition.gossipsub.gossip, let settings = try? Definition.gossipsub.settings(model.presets)
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
        // Little happens before the first message and after the last one: that time does not count.
        let seconds = Double(plan.duration.components.seconds)
        return Row(figure: took / 1e9, limit: seconds / 10, unit: "s")
    }
}
