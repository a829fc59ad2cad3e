public import Scenario

/// What is known of a run before its first case.
public struct RunHead: Sendable {
    /// Version of the program that ran it.
    public var program: String
    /// Who was tested, how: what tells the runs of one report apart.
    public var target: String
    /// Profile of the protocol.
    public var profile: String
    /// Gives every random value of the run.
    public var seed: UInt64
    /// Cases that were to run; `Int.max` when there is no end.
    public var cases: Int
    /// When it began, in UTC, `2026-01-02T03:04:05Z`; nil in virtual time, which has no date.
    public var started: String?
    /// The rules that its cases are about, so that a report needs no other file.
    public var requirements: RequirementList
    /// What counts as a failure.
    public var policy: Counts.Policy
    /// File of the user's repository at which tools show what is about a scenario that was installed with the program: the
    /// target file, or the one that was given for it.
    public var place: String?
    /// How many mutants that break a rule were killed by the suite, where somebody has measured it.
    public var mutants: [String: MutantTally] = [:]
    /// Where it was made, and how; nil where nobody kept that.
    public var environment: RunEnvironment?
    /// The runs of the target that `CaseRecord.history` is about, in the order in which they were made; none where there
    /// is one.
    public var history: [PastRun] = []
    /// The head of a run.
    public init(
        program: String, target: String, profile: String = "", seed: UInt64, cases: Int, started: String? = nil,
        requirements: RequirementList = RequirementList(), policy: Counts.Policy = Counts.Policy()
    ) {
        self.program = program
        self.target = target
        self.profile = profile
        self.seed = seed
        self.cases = cases
        self.started = started
        self.requirements = requirements
        self.policy = policy
    }
    /// The seed as the command line takes it.
    public var seedText: String { seed.seedText }
}

/// What is known of a run after its last case.
public struct RunEnd: Sendable {
    /// How its cases came out.
    public var counts: Counts
    /// Its exit status.
    public var exit: Int32
    /// How long it took on the clock; nil where nobody measured it.
    public var elapsed: Duration?
    /// Why it ended before all cases had run; nil when they had.
    public var cutShort: String?
    /// The end of a run.
    public init(counts: Counts, exit: Int32, elapsed: Duration? = nil, cutShort: String? = nil) {
        self.counts = counts
        self.exit = exit
        self.elapsed = elapsed
        self.cutShort = cutShort
    }
}

extension UInt64 {
    /// A seed as the command line takes it.
    var seedText: String { "0x" + String(self, radix: 16) }
}

extension [RunHead] {
    /// The head of a run; nil for one that the report was not begun with.
    func head(of run: Int) -> RunHead? { indices.contains(run) ? self[run] : nil }
    /// What a case of a run comes to.
    func outcome(_ r: CaseRecord, run: Int) -> Outcome { Outcome(r, head(of: run)?.policy ?? Counts.Policy()) }
}
