public import Node

/// The growth of the traffic of an interval with the size of simulated meshes.
public struct MeshGrowth: Sendable {
    /// The bytes between hubs as a function of the number of peers, in meshes with the same number of hubs.
    public struct Line: Sendable {
        /// The number of hubs.
        public var hubs: Int
        /// The fit to the measurements.
        public var fit: GrowthFit.Line
        /// The fit to the formula's results for the same meshes.
        public var formula: GrowthFit.Line
    }
    /// The lines for each number of hubs with at least two converged meshes.
    public let lines: [Line]
    /// The exponents of the number of ids sent in an interval, as c · peers^p · (hubs - 1)^q. A hub exchanges ids with
    /// all other hubs. Nil if there are too few meshes.
    public let powers: (p: Double, q: Double)?

    /// Computes the growth from meshes that may differ in all other properties.
    public init(_ all: [MeshOutcome], _ model: MeshModel) {
        let good = all.filter { $0.steady.time > .zero }
        lines = Set(good.map(\.plan.size.hubs)).sorted().compactMap { hubs in
            let mine = good.filter { $0.plan.size.hubs == hubs }
            let measured = mine.map { (x: Double($0.plan.size.peers), y: $0.bytesEachInterval(model)) }
            let formula = mine.map { (x: Double($0.plan.size.peers), y: Double($0.formula.hubs.bytes)) }
            guard let fit = GrowthFit.line(measured), let line = GrowthFit.line(formula) else { return nil }
            return Line(hubs: hubs, fit: fit, formula: line)
        }
        powers = GrowthFit.powers(
            good.map {
                let ids = $0.steady.each(model.interval, $0.steady.cost.hubs.ids)
                return (a: Double($0.plan.size.peers), b: Double($0.plan.size.hubs - 1), y: ids)
            })
    }
}
