public import Scenario

/// A case that runs, and for how long it has.
public struct RunningTime: Sendable {
    /// Name of the case.
    public var id: String
    /// Since its first step.
    public var elapsed: Duration
    /// What it waits for.
    public var wait: RunningCase.Wait?
    /// A case that runs.
    public init(id: String, elapsed: Duration, wait: RunningCase.Wait? = nil) {
        self.id = id
        self.elapsed = elapsed
        self.wait = wait
    }
}
