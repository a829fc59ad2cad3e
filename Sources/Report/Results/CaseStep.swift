public import Scenario

extension CaseRecord {
    /// A step of the scenario and its outcome. A step inside `repeat` counts once, regardless of the number of rounds.
    public struct Step: Hashable, Sendable {
        /// The line of the step, from 1.
        public var line: Int
        /// The fragment that contains the line; nil for the scenario's own file.
        public var file: String?
        /// The nesting depth; 0 for the outermost steps.
        public var depth = 0
        /// A description of the action or the wait.
        public var text: String
        /// The label that the scenario gives the step.
        public var label: String?
        /// The requirement that the step proves.
        public var requirement: String?
        /// True if the step belongs to the clean-up.
        public var isCleanup = false
        /// The outcome; nil if the case ended before the step.
        public var outcome: Outcome?

        /// The outcome of a step.
        public struct Outcome: Hashable, Sendable {
            /// The state in which it ended. If there were several rounds: the last round that did not hold, if any.
            public var state: StepOutcome.State
            /// The time from the beginning of the case to the first start of the step.
            public var began: Duration
            /// The time from the beginning of the case to the last end of the step.
            public var ended: Duration
            /// The verdict that a step that did not hold causes; nil if it held, was left out or did not finish.
            public var verdict: Verdict?
            /// The reason why the step did not hold.
            public var reason: String?
            /// The number of times that the step was executed.
            public var rounds = 1
        }
    }
}

extension CaseRecord.Step {
    /// Returns the steps of a case in the order of the scenario; empty if their outcomes were not kept.
    static func all(_ r: CaseResult) -> [Self] {
        guard !r.steps.isEmpty else { return [] }
        var all = r.scenario.plannedSteps.map(Self.init)
        for o in r.steps where all.indices.contains(o.number - 1) { all[o.number - 1].add(o) }
        return all
    }
    private init(_ p: PlannedStep) {
        self.init(
            line: p.line, file: p.file, depth: p.depth, text: p.text, label: p.label, requirement: p.requirement,
            isCleanup: p.isCleanup)
    }
    private mutating func add(_ o: StepOutcome) {
        let new = Outcome(
            state: o.state, began: o.began, ended: o.ended, verdict: o.reason == nil ? nil : o.verdict,
            reason: o.reason)
        guard var old = outcome else {
            outcome = new
            return
        }
        old.rounds += 1
        old.ended = max(old.ended, o.ended)
        if o.state != .held || o.reason != nil || old.state == .leftOut {
            (old.state, old.verdict, old.reason) = (new.state, new.verdict, new.reason)
        }
        outcome = old
    }
}
