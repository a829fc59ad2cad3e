internal import Network
internal import Node

/// One thread of a case's steps: the case itself, or a branch of `par`.
struct RunningBranch {
    /// The number among all branches of the case; 0 is the case itself.
    var id = 0
    /// The name of the branch; nil for the case itself.
    var name: String?
    /// The branch that created it.
    var parent: Int?
    /// The surrounding lists of steps. The innermost list is last.
    var stack: [StackFrame] = []
    /// The wait of the current step; nil until the step begins.
    var wait: Wait?
    /// The reason why the last record of the right kind was skipped.
    var lastMiss: Problem?
    /// The time at which the current step began to wait.
    var waitsSince = Instant.zero
    var isDone = false
    /// The time at which the current step began; nil before that, and after its outcome is recorded.
    var began: Instant?
    /// The trace entry that the current step sent or took.
    var entry: Int?

    /// A list of steps and the position in it.
    struct StackFrame {
        var steps: [Step]
        var index = 0
        /// The loop state of `repeat`, used at the end of its steps.
        var loop: Loop?
        /// The name for the moment at which its last step has ended: the mark of the step around it.
        var mark: String?
        typealias Loop = (name: String?, round: Int, rounds: Int)
    }
    /// A step that has begun and has not ended.
    struct Wait {
        /// The latest time at which it ends; `never` if that is unknown.
        var deadline: Instant
        /// True if the step ends at the deadline unless it fails. The next step begins then.
        let endsByTime: Bool
        /// The time from which the harness's lateness counts for the step.
        let judgedSince: Instant
        /// Continues the step. Returns nil if it has ended, otherwise the time until which it waits.
        let proceed: () throws(EvaluationError) -> Instant?
    }
    /// The current step.
    var step: Step? {
        guard let top = stack.last, top.index < top.steps.count else { return nil }
        return top.steps[top.index]
    }
}
