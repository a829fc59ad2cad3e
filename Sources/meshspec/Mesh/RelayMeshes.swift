import Network
import Node
import Report
import Scenario
import Simulation
import Wire

/// The part of `simulate` for protocols whose hubs relay messages between clients.
struct RelayMeshes {
    private let definition: Definition
    private let model: RelayModel
    private let invocation: Invocation

    static let options = [
        Option(.hubs, value: "S[,S...]", "number of hubs that relay for clients (default: 20)"),
        Option(.clients, value: "N", "number of their clients, spread evenly (default: two per hub)"),
        Option(
            .shape, value: "NAME",
            "topology of the hubs: `random`, `line`, `ring`, `star` (default: random)"),
        Option(
            .upsets, value: "N",
            "hubs: deaths, returns, broken links (default: 50); routers: broken links, topics left (default: 0)"
        ),
        Option(.bug, value: "NAME", "hubs and routers: seeded fault of all nodes (`explain bugs` lists them)"),
    ]

    /// Returns nil if the protocol has meshes of another kind.
    init?(_ invocation: Invocation, _ definition: Definition) throws(CommandError) {
        guard let model = definition.meshes.relay else {
            for name in [.hubs, .clients, .shape, .upsets, .bug] as [OptionName] where invocation.has(name) {
                throw CommandError(.notApplicable, at: name, "this is not an option of \(definition.title)")
            }
            return nil
        }
        (self.definition, self.model, self.invocation) = (definition, model, invocation)
    }
    func run() throws -> Int32 {
        let isJSON = invocation.has(.json)
        var isGood = true
        for hubs in try sizes {
            let plan = try plan(hubs)
            let outcome = try RelaySimulation.run(definition, model, plan)
            isGood = isGood && outcome.violations.isEmpty
            if isJSON {
                try Console.print(Self.value(plan, outcome))
            } else {
                try Console.print(Self.text(plan, outcome))
            }
        }
        return isGood ? ExitCode.good : ExitCode.failed
    }
    private var sizes: [Int] {
        get throws(CommandError) {
            guard let text = invocation[.hubs] else { return [20] }
            var out: [Int] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let n = Int(part), (1...500).contains(n) else {
                    throw CommandError(
                        .badValue, at: .hubs, expected: "numbers from 1 to 500 separated by commas", found: text)
                }
                out.append(n)
            }
            return out
        }
    }
    private func plan(_ hubs: Int) throws(CommandError) -> RelayPlan {
        let values = try invocation.pairs(.param)
        let settings = try CommandError.usage {
            try definition.settings(
                profile: invocation[.profile] ?? model.profile, model.lasting.merging(values) { $1 })
        }
        let clients = try invocation.number(.clients, 0...5000) ?? 2 * hubs
        let shape = try invocation.word(.shape, RelayPlan.Shape.allCases.map(\.rawValue))
        var plan = RelayPlan(
            hubs: hubs, clients: clients, shape: RelayPlan.Shape(rawValue: shape) ?? .random, settings,
            seed: try invocation.seed ?? 1)
        plan.upsets = try invocation.number(.upsets, 0...100_000) ?? 50
        plan.bug = try invocation.name(.bug, of: "fault", definition.reference.bugs.map(\.name) + model.faults)
        plan.isOneMesh = settings.profile == model.profile
        plan.hasToArrive = model.arrives(settings)
        plan.hops = model.hops(settings)
        return plan
    }
    private static func text(_ plan: RelayPlan, _ o: RelayOutcome) -> String {
        let head =
            "\(plan.hubs) hubs, \(plan.clients) clients, \(plan.shape.rawValue), profile \(plan.settings.profile), seed \(plan.seed)"
        let lines = [
            "  delivered, once each  \(Figures.whole(o.delivered))",
            "  not delivered         \(Figures.whole(o.undelivered))",
            "  relays between hubs   \(Figures.whole(o.relays))",
            "  farthest, in hops     \(Figures.whole(o.farthest))",
            "  upsets                \(Figures.whole(o.upsets))",
            "  clients that know all \(Figures.whole(o.tables.complete)) of \(Figures.whole(o.tables.of))",
            "  violations            \(Figures.whole(o.violations.count))",
        ]
        return ([head] + lines + o.violations.prefix(20).map { "    \($0)" }).joined(separator: "\n")
    }
    private static func value(_ plan: RelayPlan, _ o: RelayOutcome) -> Value {
        func n(_ number: Int) -> Value { .uint(UInt64(number)) }
        return [
            "event": "relay_mesh", "hubs": n(plan.hubs), "clients": n(plan.clients),
            "shape": .text(plan.shape.rawValue),
            "profile": .text(plan.settings.profile), "seed": .text("\(plan.seed)"), "delivered": n(o.delivered),
            "undelivered": n(o.undelivered), "relays": n(o.relays), "farthest": n(o.farthest), "upsets": n(o.upsets),
            "tables_complete": n(o.tables.complete), "tables": n(o.tables.of),
            "violations": .list(o.violations.map { .text($0.description) }),
        ]
    }
}
