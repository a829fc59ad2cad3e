import Node
import Report
import Scenario
import Simulation
import Wire

extension Command {
    static let cost = Command(
        name: "cost", summary: "compute and measure what a mesh of a protocol costs on the wire",
        operands: "PROTOCOL",
        options: MeshOptions.options + [
            Option(.formula, "only compute the formula, for meshes too large to measure")
        ],
        examples: [
            ("meshspec cost rightmesh", "1000 peers and 10 superpeers, in both modes"),
            ("meshspec cost rightmesh --peers 10000 --superpeers 50 --mode full-mesh", "one mode of a large mesh"),
            ("meshspec cost rightmesh --peers 100,1000 --superpeers 2,5,10 --formula --json", "for programs"),
        ],
        notes: """
            Without --mode, `cost` shows every mode. It measures the datagrams of the reference nodes in virtual time,
            without loss, after every hub knows every node: one exchange of each hub with each other hub, and of each
            peer with its hub.
            Exit status: 0 formula and measurement are equal; 1 they are not; 2 usage; 4 the mesh did not settle.
            """,
        body: CostCommand.run)
}

/// `meshspec cost`.
enum CostCommand {
    /// The list lengths for the table of messages.
    static let lengths = [0, 1, 10, 100, 330, 331, 1000, 2000, 5000, 10_000, 65_536]

    static func run(_ invocation: Invocation) throws -> Int32 {
        let options = try MeshOptions(invocation)
        let sizes = try options.sizes
        let seed = try invocation.seed ?? 1
        let modes = try options.mode.map { [$0] } ?? options.modes
        let isJSON = invocation.has(.json)
        let settings = try options.settings(mode: modes[0])
        let messages = Self.lengths.map { (count: $0, cost: options.model.message($0, settings)) }
        var isEqual = messages.allSatisfy { $0.cost.formula == $0.cost.encoded }
        if isJSON {
            try Console.print(messages.flatMap { RunEvents.line(value($0.count, $0.cost)) })
        } else {
            try Console.print("\(options.definition.title)\n\n" + table(messages, options.model))
        }
        for size in sizes {
            for mode in modes {
                let settings = try options.settings(mode: mode)
                let formula = options.model.cost(size, settings)
                var measured: MeshCost?
                if !invocation.has(.formula) {
                    measured = try MeshMeasurement.run(
                        options.definition, model: options.model, size: size, settings: settings, seed: seed)
                }
                if let measured, measured != formula { isEqual = false }
                try Console.print(
                    isJSON: isJSON, value(size, mode: mode, formula: formula, measured: measured, model: options.model),
                    "\n" + text(size, mode: mode, formula: formula, measured: measured, model: options.model))
            }
        }
        if !isEqual { throw CommandError(.unequal, "the formula and the measurement are not equal") }
        return ExitCode.good
    }
    // For people

    private static func table(
        _ all: [(count: Int, cost: (formula: MeshTraffic, encoded: MeshTraffic))], _ model: MeshModel
    ) -> String {
        let head = ["\(model.id)s in a message", "datagrams", "bytes", "encoded", "bytes per \(model.id)"]
        return Figures.table(
            [head]
                + all.map { m in
                    [
                        Figures.whole(m.count), Figures.whole(m.cost.formula.datagrams),
                        Figures.whole(m.cost.formula.bytes), Figures.whole(m.cost.encoded.bytes),
                        perID(m.cost.formula),
                    ]
                })
    }
    private static func perID(_ t: MeshTraffic) -> String {
        t.ids > 0 ? Figures.decimal(Double(t.bytes) / Double(t.ids), 2) : "-"
    }
    private static func text(
        _ size: MeshSize, mode: String, formula: MeshCost, measured: MeshCost?, model: MeshModel
    ) -> String {
        let seconds = model.interval / .seconds(1)
        func rate(_ bytes: Int, _ nodes: Int) -> String {
            nodes > 0 ? Figures.decimal(Double(bytes) * 8 / 1000 / seconds / Double(nodes), 1) : "-"
        }
        func rows(_ title: String, _ all: [MeshTraffic]) -> [[String]] {
            [
                [title + ": messages"] + all.map { Figures.whole($0.messages) },
                ["  datagrams"] + all.map { Figures.whole($0.datagrams) },
                ["  \(model.id)s"] + all.map { Figures.whole($0.ids) },
                ["  bytes"] + all.map { Figures.whole($0.bytes) },
                ["  bytes per \(model.id)"] + all.map(perID),
            ]
        }
        let all = [formula] + (measured.map { [$0] } ?? [])
        let head = ["in \(Figures.decimal(seconds, 0)) s", "formula"] + (measured == nil ? [] : ["measured"])
        let hubs = rows("among \(model.hub.plural)", all.map(\.hubs))
        let sent = ["  kbit/s that each sends"] + all.map { rate($0.hubs.bytes, size.hubs) }
        let uplinks = rows("\(model.peer.plural) and their \(model.hub.plural)", all.map(\.uplinks))
        let title =
            "\(Figures.whole(size.peers)) \(model.peer.plural), \(Figures.whole(size.hubs)) \(model.hub.plural), \(mode)"
        return title + "\n" + Figures.table([head] + hubs + [sent] + uplinks)
    }

    // For programs

    private static func value(_ t: MeshTraffic) -> Value {
        [
            "messages": .uint(UInt64(t.messages)), "datagrams": .uint(UInt64(t.datagrams)), "ids": .uint(UInt64(t.ids)),
            "bytes": .uint(UInt64(t.bytes)), "bytes_per_id": .text(perID(t)),
        ]
    }
    private static func value(
        _ count: Int, _ cost: (formula: MeshTraffic, encoded: MeshTraffic)
    ) -> Value {
        [
            "event": "message", "ids": .uint(UInt64(count)), "formula": value(cost.formula),
            "measured": value(cost.encoded), "equal": .bool(cost.formula == cost.encoded),
        ]
    }
    private static func value(
        _ size: MeshSize, mode: String, formula: MeshCost, measured: MeshCost?, model: MeshModel
    ) -> Value {
        func value(_ c: MeshCost) -> Value { ["hubs": Self.value(c.hubs), "uplinks": Self.value(c.uplinks)] }
        var out: [Value.Entry] = [
            .init("event", "interval"), .init(model.peer.plural, .uint(UInt64(size.peers))),
            .init(model.hub.plural, .uint(UInt64(size.hubs))), .init("mode", .text(mode)),
            .init("interval_ms", .int(model.interval.nanoseconds / 1_000_000)),
            .init("formula", value(formula)),
        ]
        if let measured {
            out += [.init("measured", value(measured)), .init("equal", .bool(formula == measured))]
        }
        return .map(out)
    }
}
