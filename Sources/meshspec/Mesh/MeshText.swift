import Network
import Node
import Scenario
import Simulation
import Wire

/// The output of `simulate` about meshes, for people and for programs.
enum MeshText {
    static func head(
        _ options: MeshOptions, _ settings: Settings, _ conditions: DatagramConditions, minutes: Int, seed: UInt64
    ) -> String {
        "\(options.definition.title)\n" + mode(options.model, settings)
            + ", \(minutes) min, loss \(percent(conditions.loss)), delay \(conditions.delay.lowerBound.text) to"
            + " \(conditions.delay.upperBound.text), seed \(seed)\n"
    }
    static func mode(_ model: MeshModel, _ settings: Settings) -> String {
        settings[model.mode] + ", profile " + settings.profile
    }
    static func percent(_ p: Double) -> String { Figures.decimal(100 * p, 1) + " %" }

    /// Returns a table with a column for each mesh, and the fit of the growth of their traffic.
    static func table(_ all: [MeshOutcome], _ model: MeshModel) -> String {
        func row(_ name: String, _ cell: (MeshOutcome) -> String) -> [String] { [name] + all.map(cell) }
        func each(_ o: MeshOutcome, _ bytes: Double) -> String {
            o.steady.time > .zero ? Figures.decimal(bytes * (model.interval / o.steady.time), 0) : "-"
        }
        let names = Set(all.flatMap(\.whole.messages.keys)).sorted()
        var rows = [
            row(model.peer.plural) { Figures.whole($0.plan.size.peers) },
            row(model.hub.plural) { Figures.whole($0.plan.size.hubs) },
            row("all \(model.hub.plural) know all") { $0.converged.map(Figures.seconds) ?? "never" },
            row("known at the end") {
                $0.wanted == 0 ? "-" : percent(Double($0.known) / Double($0.wanted))
            },
            row("messages") { Figures.whole($0.whole.total.messages) },
        ]
        rows += names.map { name in row("  " + name) { Figures.whole($0.whole.messages[name] ?? 0) } }
        let interval = "in \(Figures.decimal(model.interval / .seconds(1), 0)) s"
        rows += [
            row("datagrams") { Figures.whole($0.whole.total.datagrams) },
            row("bytes") { Figures.whole($0.whole.total.bytes) },
            row("bytes \(interval), among \(model.hub.plural)") { each($0, Double($0.steady.cost.hubs.bytes)) },
            row("  by formula, without loss") { Figures.whole($0.formula.hubs.bytes) },
            row("bytes \(interval), sent by one of the \(model.hub.plural)") { each($0, $0.steady.sentByHub) },
            row("bytes \(interval), sent by one of the \(model.peer.plural)") { each($0, $0.steady.sentByPeer) },
            row("false expiries") { Figures.whole($0.falseExpiries) },
            row("other losses of live nodes") { Figures.whole($0.otherLosses) },
            row("oldest entry of a table") { Figures.whole($0.oldest) + " s" },
        ]
        return Figures.table(rows) + growth(all, model)
    }
    private static func growth(_ all: [MeshOutcome], _ model: MeshModel) -> String {
        let growth = MeshGrowth(all, model)
        var out = ""
        for line in growth.lines {
            let (each, base) = (Figures.decimal(line.fit.slope, 1), Figures.decimal(line.fit.base, 0))
            let byFormula = Figures.decimal(line.formula.slope, 1)
            out +=
                "\n\nfit of bytes in an interval, \(line.hubs) \(model.hub.plural): \(base) + \(each) N, which explains"
                + " \(Figures.decimal(100 * line.fit.determination, 3)) % of the variation; by formula \(byFormula) N"
        }
        if let p = growth.powers {
            out +=
                "\n\nfit of \(model.id)s in an interval: N^\(Figures.decimal(p.p, 2)) (S-1)^\(Figures.decimal(p.q, 2))"
        }
        return out
    }

    static func value(_ o: MeshOutcome, _ model: MeshModel) -> Value {
        func n(_ i: Int) -> Value { .uint(UInt64(max(0, i))) }
        func ms(_ d: Duration) -> Value { .int(d.nanoseconds / 1_000_000) }
        func each(_ bytes: Double) -> Value {
            o.steady.time > .zero ? n(Int((bytes * (model.interval / o.steady.time)).rounded())) : .null
        }
        let c = o.plan.conditions
        return [
            "event": "mesh", model.peer.plural: n(o.plan.size.peers), model.hub.plural: n(o.plan.size.hubs),
            "mode": .text(o.plan.settings[model.mode]), "profile": .text(o.plan.settings.profile),
            "seed": .text("0x" + String(o.plan.seed, radix: 16)), "loss": .text("\(c.loss)"),
            "duplication": .text("\(c.duplication)"),
            "delay_us": .list(
                [c.delay.lowerBound, c.delay.upperBound].map {
                    .int($0.nanoseconds / 1000)
                }),
            "milliseconds": ms(o.plan.duration), "interval_ms": ms(model.interval),
            "converged_ms": o.converged.map(ms) ?? .null, "known": n(o.known), "wanted": n(o.wanted),
            "messages": .map(o.whole.messages.sorted { $0.key < $1.key }.map { .init($0.key, n($0.value)) }),
            "datagrams": n(o.whole.total.datagrams), "bytes": n(o.whole.total.bytes),
            "interval": [
                model.hub.plural: each(Double(o.steady.cost.hubs.bytes)), "formula": n(o.formula.hubs.bytes),
                "ids": each(Double(o.steady.cost.hubs.ids)), "formula_ids": n(o.formula.hubs.ids),
                model.hub.singular: each(o.steady.sentByHub), model.peer.singular: each(o.steady.sentByPeer),
            ],
            "false_expiries": n(o.falseExpiries), "other_losses": n(o.otherLosses), "oldest_age": n(o.oldest),
            "convergence": .list(o.curve.thinned(200).map { .list([ms($0.time), n($0.known)]) }),
        ]
    }
    static func fit(_ all: [MeshOutcome], _ model: MeshModel) -> Value {
        let growth = MeshGrowth(all, model)
        let lines: [Value] = growth.lines.map { line in
            [
                model.hub.plural: .uint(UInt64(line.hubs)), "base": .text(Figures.decimal(line.fit.base, 1)),
                "bytes_per_\(model.peer.singular)": .text(Figures.decimal(line.fit.slope, 3)),
                "formula_bytes_per_\(model.peer.singular)": .text(Figures.decimal(line.formula.slope, 3)),
                "determination": .text(Figures.decimal(line.fit.determination, 6)),
            ]
        }
        return [
            "event": "fit", "lines": .list(lines),
            "powers": growth.powers.map {
                [
                    model.peer.plural: .text(Figures.decimal($0.p, 3)),
                    "other_" + model.hub.plural: .text(Figures.decimal($0.q, 3)),
                ]
            } ?? .null,
        ]
    }
}
