import Glibc
import Node
import Report
import Scenario
import Simulation
import Wire

/// The part of `simulate` for protocols whose nodes look up places in a distributed table.
struct LookupMeshes {
    private let definition: Definition
    private let model: LookupModel
    private let invocation: Invocation

    static let options = [
        Option(.lookups, value: "N", "DHT: number of lookups, and of searches for a provider (default: 1000)"),
        Option(.churn, value: "P", "DHT: share of the peers that leave in a minute, as many as join (default: 0)"),
    ]

    /// Returns nil if the protocol has meshes of another kind.
    init?(_ invocation: Invocation, _ definition: Definition) throws(CommandError) {
        guard let model = definition.meshes.lookup else {
            for name in [.lookups, .churn] as [OptionName] where invocation.has(name) {
                throw CommandError(.notApplicable, at: name, "this is not an option of \(definition.title)")
            }
            return nil
        }
        for name in [
            .minutes, .duplicate, .svg, .mode, .hubs, .clients, .shape, .dials, .for, .rate, .size, .loss, .bug,
            .upsets,
        ] as [OptionName] where invocation.has(name) {
            throw CommandError(.notApplicable, at: name, "this is not an option of \(definition.title)")
        }
        (self.definition, self.model, self.invocation) = (definition, model, invocation)
    }
    func run() throws -> Int32 {
        let isJSON = invocation.has(.json)
        var isGood = true
        for peers in try GossipMeshes.sizes(invocation) {
            let plan = try plan(peers)
            let outcome = model.run(plan)
            // Without churn each search must succeed, because all servers of a record are there.
            isGood = isGood && (plan.churn > 0 || outcome.success == 1)
            try Console.print(isJSON: isJSON, Self.value(plan, outcome), Self.text(plan, outcome))
        }
        return isGood ? ExitCode.good : ExitCode.failed
    }
    private func plan(_ peers: Int) throws(CommandError) -> LookupPlan {
        let values = try invocation.pairs(.param)
        let settings = try CommandError.usage { try definition.settings(profile: invocation[.profile], values) }
        var plan = LookupPlan(peers: peers, settings, seed: try invocation.seed ?? 1)
        plan.lookups = try invocation.number(.lookups, 1...100_000) ?? plan.lookups
        plan.churn = try invocation.number(.churn, 0...1, "a share from 0 to 1") ?? 0
        if let text = invocation[.delay] { plan.delay = try MeshOptions.delay(text) }
        return plan
    }
    private static func text(_ plan: LookupPlan, _ o: LookupOutcome) -> String {
        let each = Double(max(1, o.lookups + o.searches))
        return [
            "\(Figures.whole(plan.peers)) peers, churn \(Figures.decimal(plan.churn, 3)) a minute, seed \(plan.seed)",
            "  searches that found   \(Figures.whole(o.found)) of \(Figures.whole(o.searches)), ratio \(Figures.decimal(o.success, 6))",
            "  lookups               \(Figures.whole(o.lookups)), of which \(Figures.whole(o.exact)) found the nearest peer",
            "  nearest peers found   \(Figures.decimal(100 * o.meanShare, 2)) %",
            "  hops                  \(Figures.decimal(o.meanHops, 2)) on average, \(max(0, o.hops.count - 1)) at most; log2 of the peers is \(Figures.decimal(log2(Double(max(1, plan.peers))), 2))",
            "  requests              \(Figures.decimal(Double(o.lookupRequests) / each, 1)) for each lookup or search, \(Figures.whole(o.timeouts)) timeouts",
            "  time                  \(Figures.decimal(Double(o.totalDelay.nanoseconds) / each / 1e9, 3)) s for each",
            "  tables                \(Figures.decimal(Double(o.tableEntries) / Double(max(1, o.remaining)), 1)) servers on average; \(Figures.whole(o.left)) peers left",
        ].joined(separator: "\n")
    }
    private static func value(_ plan: LookupPlan, _ o: LookupOutcome) -> Value {
        func n(_ number: Int) -> Value { .uint(UInt64(number)) }
        return [
            "event": "lookup_mesh", "peers": n(plan.peers), "churn": .text(Figures.decimal(plan.churn, 6)),
            "seed": .text("\(plan.seed)"), "joined": n(o.joined), "left": n(o.left), "searches": n(o.searches),
            "found": n(o.found), "ratio": .text(Figures.decimal(o.success, 6)), "lookups": n(o.lookups),
            "exact": n(o.exact), "nearest_share": .text(Figures.decimal(o.meanShare, 6)),
            "mean_hops": .text(Figures.decimal(o.meanHops, 3)), "most_hops": n(max(0, o.hops.count - 1)),
            "requests": n(o.requests), "lookup_requests": n(o.lookupRequests), "timeouts": n(o.timeouts),
            "total_delay_us": n(Int(o.totalDelay.nanoseconds / 1000)), "table_entries": n(o.tableEntries),
            "remaining": n(o.remaining),
        ]
    }
}
