public import Network
public import Node

/// A plan of a mesh to simulate.
public struct MeshPlan: Sendable {
    /// The numbers of nodes.
    public var size: MeshSize
    /// The settings of all nodes.
    public var settings: Settings
    /// The seed of all random decisions: one seed gives one history.
    public var seed: UInt64
    /// The loss, duplication and delay of datagrams.
    public var conditions: DatagramConditions
    /// The duration in virtual time.
    public var duration: Duration
    /// Creates a plan, by default for ten minutes without loss.
    public init(
        _ size: MeshSize, _ settings: Settings, seed: UInt64, conditions: DatagramConditions = DatagramConditions(),
        duration: Duration = .seconds(600)
    ) {
        (self.size, self.settings, self.seed) = (size, settings, seed)
        (self.conditions, self.duration) = (conditions, duration)
    }
}
