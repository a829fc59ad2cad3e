public import Node

/// The outcome of a simulated mesh.
public struct MeshOutcome: Sendable {
    /// The plan of the mesh.
    public let plan: MeshPlan
    /// The traffic of an interval by the formula, without loss.
    public let formula: MeshCost
    /// The first time at which every hub knew every other node; nil if they never did.
    public let converged: Duration?
    /// The number of nodes known to hubs over time, summed over all hubs.
    public let curve: [(time: Duration, known: Int)]
    /// The number of known nodes if every hub knows every other node.
    public let wanted: Int
    /// The number of live nodes that a node considered dead, because they were silent for too long.
    public let falseExpiries: Int
    /// The number of live nodes that a node lost for another reason, such as lists that overtook each other.
    public let otherLosses: Int
    /// The age in seconds of the oldest entry that a hub had at any whole second.
    public let oldest: Int
    /// The traffic from the beginning to the end.
    public let whole: TrafficCount
    /// The traffic from the first whole interval after convergence to the end; empty if there was no time for it.
    public let steady: TrafficCount

    /// The number of nodes known to hubs at the end.
    public var known: Int { curve.last?.known ?? 0 }
    /// Returns the average number of bytes between the hubs in an interval, once they all knew each other.
    public func bytesEachInterval(_ model: MeshModel) -> Double {
        steady.each(model.interval, steady.cost.hubs.bytes)
    }
}

extension Array {
    /// Returns at most `most` of the elements, evenly spaced, including the first and the last.
    public func thinned(_ most: Int) -> [Element] {
        guard count > most, most > 1 else { return self }
        return (0..<most).map { self[$0 * (count - 1) / (most - 1)] }
    }
}
