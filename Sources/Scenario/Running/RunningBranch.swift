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
    var wait = Wait.ready
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
        var loop: Loop?
    }
    /// What `repeat` does at the end of its steps.
    struct Loop {
        var name: String?
        var round: Int
        var rounds: Int
    }
    /// What the step at the top waits for.
    enum Wait {
        /// It has not begun.
        case ready
        case opening(String, Instant)
        /// Actor, node, link; what came before the first moment does not count.
        case accepting(String, String, String, Instant, Instant)
        /// From, and until.
        case undialed(String, Instant, Instant)
        case sending([[UInt8]], String, every: Duration, next: Instant)
        case expecting(ResolvedExpectation, left: Int)
        /// Records of the link before the number were looked at.
        case never(ResolvedExpectation, seen: Int)
        case alt([(branch: Branch, bound: ResolvedExpectation?, deadline: Instant)])
        case until(Instant)
        case polling(next: Instant, deadline: Instant)
        /// Branches with these ids.
        case joining([Int], any: Bool)
        case control(Instant)
    }
    /// The step at the top.
    var step: Step? {
        guard let top = stack.last, top.index < top.steps.count else { return nil }
        return top.steps[top.index]
    }
}
