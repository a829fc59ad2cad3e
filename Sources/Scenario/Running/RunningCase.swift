internal import Network
internal import Node

/// A case in the course of being run, for those who watch. What it waits for is worked out when it is asked for: most
/// of the time nobody does.
public struct RunningCase {
    public let `case`: Case
    /// Since its first step.
    public let elapsed: Duration
    /// Gone when the case is over.
    let watched: (any Watched)?
    /// Name of the case.
    public var id: String { self.case.id }
    /// What it waits for now; nil when it is over, or has not begun.
    public var wait: Wait? { watched?.waitsFor }

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
        /// A step that waits.
        public init(step: String, number: Int, waited: Duration, limit: Duration?) {
            self.step = step
            self.number = number
            self.waited = waited
            self.limit = limit
        }
    }
}

/// A case that can be asked what it waits for.
protocol Watched: AnyObject {
    var waitsFor: RunningCase.Wait? { get }
}

extension CaseRun: Watched {
    /// As others see it now.
    var watched: RunningCase { RunningCase(case: self.case, elapsed: driver.now - scope.start, watched: self) }

    /// Of branches side by side, the one that ends last: until then the case cannot go on.
    var waitsFor: RunningCase.Wait? {
        guard !isFinished else { return nil }
        var chosen: (currentBranch: RunningBranch, until: Instant?)?
        for l in runningBranches where !l.isDone && l.step != nil {
            if case .joining = l.wait { continue }
            let until = l.until
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

extension RunningBranch {
    /// When the step at the top ends at the latest; nil when that is not known.
    var until: Instant? {
        let instant: Instant
        switch wait {
        case .opening(_, let t), .accepting(_, _, _, _, let t), .undialed(_, _, let t), .until(let t), .control(let t):
            instant = t
        case .expecting(let b, _), .never(let b, _): instant = b.deadline
        case .alt(let branches): instant = branches.map(\.deadline).filter { $0 != .never }.max() ?? .never
        case .polling(_, let t): instant = t
        case .sending(let pieces, _, let every, let next):
            instant = next + every * max(0, pieces.count - 1)
        case .ready, .joining: return nil
        }
        return instant == .never ? nil : instant
    }
}
