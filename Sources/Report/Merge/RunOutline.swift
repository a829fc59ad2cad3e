public import Scenario

/// The results of the cases of a run without their traffic, for the comparison of two runs.
public struct RunOutline: Sendable {
    /// One case, with the worst result of its rounds.
    public struct Case: Sendable {
        /// The id, followed by the variant.
        public var name: String
        /// The worst verdict.
        public var verdict: Verdict
        /// The requirement that the verdict is about.
        public var requirement: String
        /// The level of this requirement.
        public var level: Level
        /// The fingerprint of the failure; empty if the case passed.
        public var fingerprint: String
        /// The reason why the case did not pass; empty if it did.
        public var reason: String
    }
    /// The head of the run.
    public private(set) var head: RunHead
    /// The cases in the order of the file.
    public private(set) var cases: [Case] = []
    /// The verdicts of the cases on the requirements.
    public private(set) var rules = RequirementVerdicts()
    private var indices: [String: Int] = [:]
    /// The maximum number of characters of a reason.
    static let maximumReason = 300

    public init(_ head: RunHead) { self.head = head }
    /// Adds a case of the run.
    public mutating func add(_ r: CaseRecord) {
        rules.add(r)
        let one = Case(
            name: r.name, verdict: r.verdict, requirement: r.requirement, level: r.level, fingerprint: r.fingerprint,
            reason: String((r.reason ?? "").prefix(Self.maximumReason)))
        guard let i = indices[r.name] else {
            indices[r.name] = cases.count
            cases.append(one)
            return
        }
        if one.verdict > cases[i].verdict { cases[i] = one }
    }
    /// Returns the case with this name.
    public subscript(name: String) -> Case? { indices[name].map { cases[$0] } }
}
