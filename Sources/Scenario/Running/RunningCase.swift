internal import Network
internal import Node

/// A running case, for progress displays. The wait is computed on request, because it is rarely needed.
public struct RunningCase {
    public let `case`: Case
    /// The time since its first step.
    public let elapsed: Duration
    let run: CaseRun?
    /// The name of the case.
    public var id: String { self.case.id }
    /// The current wait; nil if the case has ended or has not begun.
    public var wait: Wait? { run?.waitsFor }

    /// The wait of a case.
    public struct Wait: Hashable, Sendable {
        /// The step in words, such as `expect on c: the connection to be closed`.
        public var step: String
        /// The number of the step in the outermost list, from 1.
        public var number: Int
        /// The time since the step began.
        public var waited: Duration
        /// The longest time that it waits; nil if that is unknown.
        public var limit: Duration?
    }
}

extension CaseRun {
    /// The case as progress displays see it now.
    var watched: RunningCase { RunningCase(case: self.case, elapsed: driver.now - scope.start, run: self) }

    /// The current wait. If branches run in parallel, it is the wait that ends last, because the case cannot continue
    /// before.
    var waitsFor: RunningCase.Wait? {
        guard !isFinished else { return nil }
        var chosen: (currentBranch: RunningBranch, until: Instant?)?
        for l in runningBranches where !l.isDone && l.step != nil {
            // A step with branches waits for them.
            if runningBranches.contains(where: { $0.parent == l.id }) { continue }
            let until = l.wait.flatMap { $0.deadline == .never ? nil : $0.deadline }
            if let old = chosen?.until, old >= until ?? .zero { continue }
            chosen = (l, until)
        }
        guard let (currentBranch, until) = chosen, let step = currentBranch.step else { return nil }
        // The clean-up follows the steps of the case.
        let number = isCleaning ? scenario.stepCount : runningBranches.first?.stack.first.map { $0.index + 1 } ?? 0
        return RunningCase.Wait(
            step: (isCleaning ? "clean-up: " : "") + step.verb.text, number: min(number, scenario.stepCount),
            waited: max(.zero, driver.now - currentBranch.waitsSince),
            limit: until.map { max(.zero, $0 - currentBranch.waitsSince) })
    }
}
