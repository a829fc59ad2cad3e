public import Scenario

/// A running case and its elapsed time.
public struct RunningTime: Sendable {
    /// The name of the case.
    public var id: String
    /// The time since its first step.
    public var elapsed: Duration
    /// The event that the case waits for.
    public var wait: RunningCase.Wait?
    public init(id: String, elapsed: Duration, wait: RunningCase.Wait? = nil) {
        self.id = id
        self.elapsed = elapsed
        self.wait = wait
    }
}
