import Node
import Report
import Scenario
import Simulation
import Wire

/// The part of `simulate` for protocols whose routers form meshes.
struct GossipMeshes {
    private let definition: Definition
    private let model: GossipModel
    private let invocation: Invocation

    static let options = [
        Option(.dials, value: "N", "routers: number of random others that each one dials (default: 10)"),
        Option(.for, value: "TIME", "routers: time during which messages are published (default: 60s)"),
        Option(.rate, value: "N", "routers: messages per second, all routers together (default: 10)"),
        Option(.size, value: "BYTES", "routers: data size of each message (default: 100)"),
    ]

    /// Returns nil if the protocol has meshes of another kind.
    init?(_ invocation: Invocation, _ definition: Definition) throws(CommandError) {
        guard let model = definition.meshes.gossip else {
            for name in [.dials, .for, .rate, .size] as [OptionName] where invocation.has(name) {
                throw CommandError(.notApplicable, at: name, "this is not an option of \(definition.title)")
            }
            return nil
        }
        for name in [.minutes, .duplicate, .svg, .mode, .hubs, .clients, .shape] as [OptionName]
        where invocation.has(name) {
            throw CommandError(.notApplicable, at: name, "this is not an option of \(definition.title)")
        }
        (self.definition, self.model, self.invocation) = (definition, model, invocation)
    }
    func run() throws -> Int32 {
        let isJSON = invocation.has(.json)
        var isGood = true
        for peers in try Self.sizes(invocation) {
            let plan = try plan(peers)
            let outcome = model.run(plan)
            isGood = isGood && outcome.violationCount == 0
            if isJSON {
                try Console.print(Self.value(plan, outcome))
            } else {
                try Console.print(Self.text(plan, outcome))
            }
        }
        return isGood ? ExitCode.good : ExitCode.failed
    }
    /// Returns the numbers of peers that the user gave, or 1000.
    static func sizes(_ invocation: Invocation) throws(CommandError) -> [Int] {
        guard let text = invocation[.peers] else { return [1000] }
        return try text.split(separator: ",", omittingEmptySubsequences: false).map { part throws(CommandError) in
            guard let n = Int(part), (2...20_000).contains(n) else {
                throw CommandError(
                    .badValue, at: .peers, expected: "numbers from 2 to 20000 separated by commas", found: text)
            }
            return n
        }
    }
    private func plan(_ peers: Int) throws(CommandError) -> GossipPlan {
        let values = try invocation.pairs(.param)
        let settings = try CommandError.usage {
            try definition.settings(profile: invocation[.profile], model.presets.merging(values) { $1 })
        }
        var plan = GossipPlan(peers: peers, settings, seed: try invocation.seed ?? 1)
        plan.dials = try invocation.number(.dials, 1...1000) ?? plan.dials
        plan.duration = .seconds(try invocation.seconds(.for, 1...86_400) ?? 60)
        plan.messagesEachSecond = try invocation.number(.rate, 0...10_000) ?? plan.messagesEachSecond
        plan.size = try invocation.number(.size, 8...100_000) ?? plan.size
        plan.upsets = try invocation.number(.upsets, 0...100_000) ?? 0
        plan.loss = try invocation.number(.loss, 0...1, "a probability from 0 to 1") ?? 0
        if let text = invocation[.delay] { plan.delay = try MeshOptions.delay(text) }
        plan.bug = try invocation.name(.bug, of: "fault", model.faults)
        return plan
    }
    private static func text(_ plan: GossipPlan, _ o: GossipOutcome) -> String {
        let head =
            "\(plan.peers) routers, \(plan.dials) dials each, profile \(plan.settings.profile), seed \(plan.seed), "
            + "loss \(Figures.decimal(plan.loss, 3))"
        let beats = Double(max(1, o.heartbeats))
        let kinds = o.control.sorted { $0.key < $1.key }.map {
            "    \($0.key): \(Figures.decimal(Double($0.value) / beats, 2))"
        }
        let lines =
            [
                "  published             \(Figures.whole(o.published))",
                "  delivered             \(Figures.whole(o.reached)) of \(Figures.whole(o.wanted)), ratio \(Figures.decimal(o.ratio, 6))",
                "  copies in vain        \(Figures.decimal(o.duplicates, 3)) for each delivery",
                "  hops                  \(Figures.decimal(o.meanHops, 2)) on average, \(o.hops.count - 1) at most",
                "  delay                 \(Figures.seconds(o.meanDelay)) on average, \(Figures.seconds(o.longestDelay)) at most",
                "  RPCs                  \(Figures.whole(o.rpcs)), \(Figures.whole(o.lost)) lost",
                "  upsets                \(Figures.whole(o.upsets))",
                "  control, each heartbeat of a router: \(Figures.decimal(Double(o.controlRPCs) / beats, 2)) RPCs, \(Figures.decimal(Double(o.controlBytes) / beats, 0)) bytes",
            ] + kinds + ["  violations            \(Figures.whole(o.violationCount))"]
        return ([head] + lines + o.violations.prefix(20).map { "    \($0)" }).joined(separator: "\n")
    }
    private static func value(_ plan: GossipPlan, _ o: GossipOutcome) -> Value {
        func n(_ number: Int) -> Value { .uint(UInt64(number)) }
        let beats = Double(max(1, o.heartbeats))
        return [
            "event": "gossip_mesh", "peers": n(plan.peers), "dials": n(plan.dials),
            "profile": .text(plan.settings.profile), "seed": .text("\(plan.seed)"),
            "loss": .text(Figures.decimal(plan.loss, 6)), "published": n(o.published), "wanted": n(o.wanted),
            "reached": n(o.reached), "ratio": .text(Figures.decimal(o.ratio, 6)),
            "duplicates": .text(Figures.decimal(o.duplicates, 4)), "mean_hops": .text(Figures.decimal(o.meanHops, 3)),
            "most_hops": n(max(0, o.hops.count - 1)),
            "mean_delay_us": n(Int(o.meanDelay.nanoseconds / 1000)),
            "longest_delay_us": n(Int(o.longestDelay.nanoseconds / 1000)), "rpcs": n(o.rpcs), "lost": n(o.lost),
            "upsets": n(o.upsets), "heartbeats": n(o.heartbeats),
            "control_rpcs_per_heartbeat": .text(Figures.decimal(Double(o.controlRPCs) / beats, 4)),
            "control_bytes_per_heartbeat": .text(Figures.decimal(Double(o.controlBytes) / beats, 2)),
            "control": .map(o.control.sorted { $0.key < $1.key }.map { .init($0.key, n($0.value)) }),
            "violation_count": n(o.violationCount),
            "violations": .list(o.violations.map { .text($0.description) }),
        ]
    }
}
