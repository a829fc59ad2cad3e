/// The verdict of a case, its evidence, and the outcomes of the steps.
struct CaseJudgement {
    private(set) var verdict = Verdict.none
    private(set) var problem: Problem?
    /// The requirement of the step that decided the verdict.
    private(set) var claimed: RequirementUse?
    /// The outermost step that decided the verdict, from 1.
    private(set) var decidedAt = 0
    /// The reason why the case cannot run on this machine.
    private(set) var reasonToSkip: String?
    /// The outcomes of the steps, if they are kept, and the number of outcomes after the first `maximumOutcomes`.
    private(set) var outcomes: [StepOutcome] = []
    private(set) var untoldSteps = 0
    static var maximumOutcomes: Int { 10_000 }
    private let requirements: RequirementList
    /// The requirement that the case covers first.
    private let covered: String
    /// True if the case covers a requirement: then only a step with a requirement judges the node.
    private let hasCovered: Bool

    init(_ requirements: RequirementList, of scenario: Scenario) {
        self.requirements = requirements
        covered = scenario.covers.first ?? ""
        hasCovered = !scenario.covers.isEmpty
    }
    /// Returns the verdict if a step with this requirement does not hold, unless the step says otherwise. A step without
    /// one prepares the others, so that the case cannot be judged if it fails. If a case covers nothing, all its steps
    /// judge.
    func verdict(_ use: RequirementUse?) -> Verdict { use == nil && hasCovered ? .inconc : level(use).verdict }
    /// Returns the level of the requirement of a step, or of the first covered requirement if the step names none.
    func level(_ use: RequirementUse?) -> Level { use?.level ?? level(of: use?.id ?? covered) }
    private func level(of id: String) -> Level { requirements[id]?.level ?? .must }
    /// The requirement that the verdict is about, and its level.
    var requirement: (id: String, level: Level) {
        let id = claimed?.id ?? covered
        return (id, claimed?.level ?? level(of: id))
    }

    /// Applies a verdict. The evidence of the first worst verdict is kept. Returns false if an earlier one is as bad.
    mutating func settle(_ v: Verdict, _ p: Problem?, _ use: RequirementUse?, branch: String?, step: Int) -> Bool {
        guard v > verdict else { return false }
        // A case that cannot be judged to its end still shows the rule that was broken before.
        let broken = verdict == .warn && v == .inconc ? problem : nil
        let rule = claimed?.id ?? covered
        verdict = v
        // A pass has no problem, even if `else: pass` produces it for a step that did not hold.
        problem = v == .pass ? nil : p
        if let broken { problem?.facts.append(("broken before", "\(rule): \(broken.reason)")) }
        problem?.branch = branch
        claimed = use
        decidedAt = step
        return true
    }
    /// Leaves the case out.
    mutating func skip(_ reason: String) {
        reasonToSkip = reason
        verdict = .skip
    }
    /// Ends the judgement. A case without any verdict passes.
    mutating func finish() { if verdict == .none { verdict = .pass } }
    /// Adds the outcome of a step, if there is room.
    mutating func add(_ outcome: @autoclosure () -> StepOutcome) {
        if outcomes.count < Self.maximumOutcomes { outcomes.append(outcome()) } else { untoldSteps += 1 }
    }
}
