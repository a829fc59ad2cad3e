internal import Network
internal import Node

/// A case in the course of being run, for those who watch. What it waits for is worked out when it is asked for: most
/// of the time nobody does.
public struct RunningCase {
    public let `case`: Case
    /// Since its first step.
    public let elapsed: Duration
    let run: CaseRun?
    /// Name of the case.
    public var id: String { self.case.id }
    /// What it waits for now; nil when it is over, or has not begun.
    public var wait: Wait? { run?.waitsFor }

    /// What a case waits for.
    public struct Wait: Hashable, Sendable {
        /// The step in words, such as `expect on c: the connection to be closed`.
        public var step: String
        /// Which of the steps of the case it is, in the outermost list, from 1.
        public var number: Int
        /// Since the step began.
        public var waited: Duration
        /// How long it waits at most; nil when nobody knows.
        public var limit: Duration?
    }
}

extension CaseRun {
    /// As others see it now.
    var watched: RunningCase { RunningCase(case: self.case, elapsed: driver.now - scope.start, run: self) }

    /// Of branches side by side, the one that ends last: until then the case cannot go on.
    var waitsFor: RunningCase.Wait? {
        guard !isFinished else { return nil }
        var chosen: (currentBranch: RunningBranch, until: Instant?)?
        for l in runningBranches where !l.isDone && l.step != nil {
            if case .par = l.step?.verb, l.wait != nil { continue }
            let until = l.wait.flatMap { $0.deadline == .never ? nil : $0.deadline }
            if let old = chosen?.until, old >= until ?? .zero { continue }
            chosen = (l, until)
        }
        guard let (currentBranch, until) = chosen, let step = currentBranch.step else { return nil }
        // The clean-up comes behind the steps of the case.
        let number = isCleaning ? scenario.stepCount : runningBranches.first?.stack.first.map { $0.index + 1 } ?? 0
        return RunningCase.Wait(
            step: (isCleaning ? "clean-up: " : "") + step.verb.text, number: min(number, scenario.stepCount),
            waited: max(.zero, driver.now - currentBranch.waitsSince),
            limit: until.map { max(.zero, $0 - currentBranch.waitsSince) })
    }
}
