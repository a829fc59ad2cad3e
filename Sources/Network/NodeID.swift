/// The identifier of a node that a driver runs.
public struct NodeID: Hashable, Comparable, Sendable {
    /// The number in the order in which nodes were added, from 1.
    public var number: Int
    /// Compares by number.
    public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
}
