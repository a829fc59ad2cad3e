public import Scenario

/// How the cases of a run came out, without what they sent: what two runs are held against each other by.
public struct RunOutline: Sendable {
    /// One case, the worst of its rounds.
    public struct Case: Sendable {
        /// The id, and the variant behind it.
        public var name: String
        /// The worst one.
        public var verdict: Verdict
        /// Requirement that the verdict is about.
        public var requirement: String
        /// How binding that requirement is.
        public var level: Level
        /// Kind of the failure; empty when it passed.
        public var fingerprint: String
        /// Why it did not pass; empty when it did.
        public var reason: String
    }
    /// The run.
    public private(set) var head: RunHead
    /// In the order of the file.
    public private(set) var cases: [Case] = []
    /// What its cases say of requirements.
    public private(set) var rules = RequirementVerdicts()
    private var indices: [String: Int] = [:]
    /// Characters of a reason that are kept.
    static let maximumReason = 300

    public init(_ head: RunHead) { self.head = head }
    /// A case of the run.
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
    /// The case with this name.
    public subscript(name: String) -> Case? { indices[name].map { cases[$0] } }
}
