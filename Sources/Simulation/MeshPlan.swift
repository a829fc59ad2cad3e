public import Network
public import Node

/// A mesh that is to be simulated.
public struct MeshPlan: Sendable {
    /// How many nodes it has.
    public var size: MeshSize
    /// What all of them behave as.
    public var settings: Settings
    /// Everything that is left to chance comes from it: one seed gives one history.
    public var seed: UInt64
    /// What befalls datagrams.
    public var conditions: DatagramConditions
    /// How long it runs, in virtual time.
    public var duration: Duration
    /// A mesh for ten minutes, in which nothing is lost.
    public init(
        _ size: MeshSize, _ settings: Settings, seed: UInt64, conditions: DatagramConditions = DatagramConditions(),
        duration: Duration = .seconds(600)
    ) {
        (self.size, self.settings, self.seed) = (size, settings, seed)
        (self.conditions, self.duration) = (conditions, duration)
    }
}
