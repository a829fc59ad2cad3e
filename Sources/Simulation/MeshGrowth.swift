public import Node

/// How what an interval costs grows with the size of meshes that were simulated.
public struct MeshGrowth: Sendable {
    /// Bytes among hubs against peers, of meshes with as many hubs.
    public struct Line: Sendable {
        /// How many hubs.
        public var hubs: Int
        /// Through what was measured.
        public var fit: GrowthFit.Line
        /// Through what the formula says of the same meshes.
        public var formula: GrowthFit.Line
    }
    /// For each number of hubs that there are two meshes of, and that converged.
    public let lines: [Line]
    /// Ids that are told in an interval, as c · peers^p · (hubs - 1)^q: the other hubs are those that a hub talks with.
    /// Nil when there are too few meshes.
    public let powers: (p: Double, q: Double)?

    /// Of meshes that have nothing else in common.
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
