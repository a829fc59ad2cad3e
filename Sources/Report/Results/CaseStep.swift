public import Scenario

extension CaseRecord {
    /// A step of the scenario, and what it came to. A step of `repeat` is one, however many rounds there were.
    public struct Step: Hashable, Sendable {
        /// Line that it stands in, from 1.
        public var line: Int
        /// The fragment that the line is of; nil for the scenario's own file.
        public var file: String?
        /// How deep it is nested; 0 for the outermost.
        public var depth = 0
        /// What it does, or waits for.
        public var text: String
        /// What the scenario says that it is for.
        public var label: String?
        /// Requirement that it proves.
        public var requirement: String?
        /// It belongs to the clean-up.
        public var isCleanup = false
        /// What it came to; nil when the case ended before it.
        public var outcome: Outcome?

        /// What a step came to.
        public struct Outcome: Hashable, Sendable {
            /// How it ended: of several rounds, the last one that did not hold, if there is one.
            public var state: StepOutcome.State
            /// When it began the first time, since the case did.
            public var began: Duration
            /// When it was over the last time, since the case began.
            public var ended: Duration
            /// What a step that did not hold means for the case; nil when it held, was left out or not finished.
            public var verdict: Verdict?
            /// Why it did not hold.
            public var reason: String?
            /// Times that it was done.
            public var rounds = 1
        }
    }
}

extension CaseRecord.Step {
    /// The steps of a case in the order of the scenario; none where nobody kept what they came to.
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
