import Network
import Node
import Records
import Scenario
import Simulation

/// Plots of simulated meshes: their convergence, and the growth of their traffic.
enum MeshPlot {
    static func svg(_ all: [MeshOutcome], _ options: MeshOptions, _ settings: Settings) -> [UInt8] {
        let model = options.model
        let c = all.first?.plan.conditions
        let about =
            MeshText.mode(model, settings)
            + (c.map {
                ", loss \(MeshText.percent($0.loss)), delay \($0.delay.lowerBound.text) to \($0.delay.upperBound.text)"
            } ?? "") + (all.first.map { ", seed \($0.plan.seed)" } ?? "")
        return PlotSVG.bytes(
            "\(options.definition.title): a simulated mesh", about, [convergence(all, model), bytes(all, model)])
    }
    /// Returns the label that distinguishes a mesh from the others.
    private static func name(_ o: MeshOutcome, _ all: [MeshOutcome], _ model: MeshModel) -> String {
        let peers = "\(Figures.whole(o.plan.size.peers)) \(model.peer.plural)"
        let hubs = "\(Figures.whole(o.plan.size.hubs)) \(model.hub.plural)"
        return Set(all.map(\.plan.size.hubs)).count > 1 ? peers + ", " + hubs : peers
    }
    private static func convergence(_ all: [MeshOutcome], _ model: MeshModel) -> Plot {
        // The plot ends shortly after the last mesh has converged.
        let last = all.map { $0.converged ?? $0.plan.duration }.max() ?? .zero
        let end = last + last / 20
        let series = all.enumerated().map { i, o in
            let shown = o.curve.filter { $0.time <= end }
            var points = shown.thinned(300).map {
                (x: $0.time / .seconds(1), y: Double($0.known) / Double(max(1, o.wanted)))
            }
            if let y = points.last?.y { points.append((end / .seconds(1), y)) }
            let when = o.converged.map { "all after " + Figures.seconds($0) } ?? "never all"
            return Plot.Series("\(name(o, all, model)): \(when)", points, .steps, colour: i)
        }
        return Plot(
            "Convergence: how much of the mesh its \(model.hub.plural) know",
            x: .init("time since all nodes started", .seconds), y: .init("nodes that are known", .share), series)
    }
    private static func bytes(_ all: [MeshOutcome], _ model: MeshModel) -> Plot {
        let growth = MeshGrowth(all, model)
        let numbers = all.map(\.plan.size.peers)
        let (least, most) = (numbers.min() ?? 0, numbers.max() ?? 0)
        let isWide = least > 0 && most >= 8 * least
        // A curve needs enough points between its ends to look smooth.
        let steps =
            least == most
            ? (0...30).map { most * $0 / 20 }
            : (0...60).map { i in
                isWide
                    ? Int(GrowthFit.between(Double(least), Double(most), Double(i) / 60))
                    : least + (most - least) * i / 60
            }
        var series: [Plot.Series] = []
        var notes: [String] = []
        for (i, hubs) in Set(all.map(\.plan.size.hubs)).sorted().enumerated() {
            let mine = all.filter { $0.plan.size.hubs == hubs }
            guard let settings = mine.first?.plan.settings else { continue }
            let of = "\(Figures.whole(hubs)) \(model.hub.plural)"
            let formula = Set(steps).sorted().map {
                (x: Double($0), y: Double(model.cost(MeshSize(hubs: hubs, peers: $0), settings).hubs.bytes))
            }
            series.append(.init("\(of): formula, without loss", formula, .dashed, colour: 2 * i))
            if let line = growth.lines.first(where: { $0.hubs == hubs }) {
                let fit = Set(steps).sorted().map { (x: Double($0), y: line.fit(Double($0))) }
                series.append(.init("\(of): fit", fit, .line, colour: 2 * i + 1))
                notes.append(
                    "fit, \(of): \(Figures.decimal(line.fit.base, 0)) + \(Figures.decimal(line.fit.slope, 1)) N bytes;"
                        + " by formula \(Figures.decimal(line.formula.slope, 1)) N")
            }
            let points = mine.filter { $0.steady.time > .zero }.map {
                (x: Double($0.plan.size.peers), y: $0.bytesEachInterval(model))
            }
            series.append(.init("\(of): measured", points.sorted { $0.x < $1.x }, .dots, colour: 2 * i + 1))
        }
        let seconds = Figures.decimal(model.interval / .seconds(1), 0)
        return Plot(
            "Cost: bytes among \(model.hub.plural) in an interval of \(seconds) s",
            x: .init("N, the number of \(model.peer.plural)", .plain, isLogarithmic: isWide),
            y: .init("bytes in an interval", .bytes, isLogarithmic: isWide), series, notes: notes)
    }
}
