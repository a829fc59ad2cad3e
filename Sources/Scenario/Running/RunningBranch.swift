internal import Network
internal import Node

/// One thread of a case's steps: the case itself, or a branch of `par`.
struct RunningBranch {
    /// Of all branches that a case has had; 0 is the case itself.
    var id = 0
    /// Name of the branch; nil for the case itself.
    var name: String?
    /// The branch that it came from.
    var parent: Int?
    /// Where it is: the innermost list of steps last.
    var stack: [StackFrame] = []
    /// What the step at the top waits for; nil while it has not begun.
    var wait: Wait?
    /// Why the last record of the right kind was passed over.
    var lastMiss: Problem?
    /// When the step at the top began.
    var waitsSince = Instant.zero
    var isDone = false
    /// When the step at the top began; nil before, and once it is told what it came to.
    var began: Instant?
    /// The trace entry that the step at the top sent or took.
    var entry: Int?

    /// A list of steps and where it is in it.
    struct StackFrame {
        var steps: [Step]
        var index = 0
        /// What `repeat` does at the end of its steps.
        var loop: Loop?
        typealias Loop = (name: String?, round: Int, rounds: Int)
    }
    /// A step that has begun and is not over.
    struct Wait {
        /// When it ends at the latest; `never` when that is not known.
        var deadline: Instant
        /// It ends at the deadline, unless it fails: whatever is behind it begins then.
        let endsByTime: Bool
        /// From when on what the harness saw counts for it.
        let judgedSince: Instant
        /// Goes on with it: nil when it is over, else until when it waits.
        let proceed: () throws(EvaluationError) -> Instant?
    }
    /// The step at the top.
    var step: Step? {
        guard let top = stack.last, top.index < top.steps.count else { return nil }
        return top.steps[top.index]
    }
}
