/// A node that a driver runs.
public struct NodeID: Hashable, Comparable, Sendable {
    /// In the order in which nodes were added, from 1.
    public var number: Int
    /// By number.
    public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
}
