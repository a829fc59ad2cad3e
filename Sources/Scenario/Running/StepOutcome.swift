/// The outcome of one step of a case. A step inside `repeat` has one outcome per round.
public struct StepOutcome: Sendable, Equatable {
    /// The place in `Scenario.plannedSteps`, from 1.
    public var number: Int
    /// The time at which it began, since the case began.
    public var began: Duration
    /// The time at which it ended, since the case began.
    public var ended: Duration
    /// The way in which it ended.
    public var state: State
    /// The resulting verdict for the case; `none` if the step was left out or not finished.
    public var verdict: Verdict
    /// The reason why it did not hold; nil if it held.
    public var reason: String?
    /// The index of the trace entry that it sent, took or failed on. If it sent several, the first.
    public var entry: Int?
    /// The number of trace entries before it ended.
    public var traced: Int

    /// The ways in which a step ends.
    public enum State: String, CaseIterable, Sendable {
        /// The step held.
        case held
        /// The step did not hold.
        case failed
        /// The condition `if` was false.
        case leftOut = "left-out"
        /// The case, or its branch of `par`, ended while the step waited.
        case unfinished
    }
}
