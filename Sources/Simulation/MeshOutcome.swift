public import Node

/// What became of a simulated mesh.
public struct MeshOutcome: Sendable {
    /// What was simulated.
    public let plan: MeshPlan
    /// What an interval costs by formula, without loss.
    public let formula: MeshCost
    /// When every hub knew every other node for the first time; nil: they never did.
    public let converged: Duration?
    /// How many nodes were known to hubs when, in all.
    public let curve: [(time: Duration, known: Int)]
    /// How many are known when every hub knows every other node.
    public let wanted: Int
    /// Nodes that were alive and taken for dead by a node, because they were not heard of for too long.
    public let falseExpiries: Int
    /// Nodes that were alive and lost by a node for another reason, such as lists that overtook one another.
    public let otherLosses: Int
    /// Seconds: the age of the oldest entry that a hub had at any whole second.
    public let oldest: Int
    /// What was sent from the beginning to the end.
    public let whole: TrafficCount
    /// What was sent from the first whole interval after convergence to the end; nothing when there was no time for it.
    public let steady: TrafficCount

    /// How many nodes are known to hubs at the end.
    public var known: Int { curve.last?.known ?? 0 }
    /// Bytes among the hubs in an interval, on average once they all knew each other.
    public func bytesEachInterval(_ model: MeshModel) -> Double {
        steady.each(model.interval, steady.cost.hubs.bytes)
    }
}

extension Array {
    /// So many of the elements at most, evenly spaced, the first and the last among them.
    public func thinned(_ most: Int) -> [Element] {
        guard count > most, most > 1 else { return self }
        return (0..<most).map { self[$0 * (count - 1) / (most - 1)] }
    }
}
