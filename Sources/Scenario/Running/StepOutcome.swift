/// What one step of a case came to. A step of `repeat` has one for each round.
public struct StepOutcome: Sendable, Equatable {
    /// Its place in `Scenario.plannedSteps`, from 1.
    public var number: Int
    /// When it began, since the case did.
    public var began: Duration
    /// When it was over, since the case began.
    public var ended: Duration
    /// How it ended.
    public var state: State
    /// What that means for the case: `none` for what was left out or not finished.
    public var verdict: Verdict
    /// Why it did not hold; nil when it did.
    public var reason: String?
    /// Index of the trace entry that it sent, took or failed by; of several that it sent, the first.
    public var entry: Int?
    /// Entries of the trace before it was over.
    public var traced: Int

    /// How a step ended.
    public enum State: String, CaseIterable, Sendable {
        /// What it says was so.
        case held
        /// It was not.
        case failed
        /// Its `if` was not true.
        case leftOut = "left-out"
        /// The case, or its branch of `par`, ended while it waited.
        case unfinished
    }
}
