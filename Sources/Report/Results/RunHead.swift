public import Scenario

/// The properties of a run that are known before its first case.
public struct RunHead: Sendable {
    /// The version of the program that ran it.
    public var program: String
    /// The node under test and its settings. It distinguishes the runs of one report.
    public var target: String
    /// The profile of the protocol.
    public var profile: String
    /// The seed of all random values of the run.
    public var seed: UInt64
    /// The number of cases to run; `Int.max` if the run has no end.
    public var cases: Int
    /// The start in UTC, `2026-01-02T03:04:05Z`; nil in virtual time, which has no date.
    public var started: String?
    /// The requirements that the cases are about, so that a report needs no other file.
    public var requirements: RequirementList
    /// The rules for what counts as a failure.
    public var policy: Counts.Policy
    /// A file in the user's repository: the target file, or the one given in its place. Tools show results about
    /// scenarios that are installed with the program at this file.
    public var place: String?
    /// The number of killed mutants for each requirement, if it was measured.
    public var mutants: [String: MutantTally] = [:]
    /// The environment of the run; nil if it was not kept.
    public var environment: RunEnvironment?
    /// The runs of the target that `CaseRecord.history` refers to, oldest first; empty if there is only one.
    public var history: [PastRun] = []
    /// Makes the head of a run.
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
    /// The seed as the command line accepts it.
    public var seedText: String { seed.seedText }
}

/// The properties of a run that are known after its last case.
public struct RunEnd: Sendable {
    /// The counts of the results.
    public var counts: Counts
    /// The exit status.
    public var exit: Int32
    /// The elapsed wall-clock time; nil if it was not measured.
    public var elapsed: Duration?
    /// The reason why the run ended before all cases had run; nil if they had.
    public var cutShort: String?
    /// The code of the error that ended the run before its first case; nil without such an error.
    public var code: String?
    /// Makes the end of a run.
    public init(counts: Counts, exit: Int32, elapsed: Duration? = nil, cutShort: String? = nil) {
        self.counts = counts
        self.exit = exit
        self.elapsed = elapsed
        self.cutShort = cutShort
    }
}

extension UInt64 {
    /// The seed as the command line accepts it.
    var seedText: String { "0x" + String(self, radix: 16) }
}

extension [RunHead] {
    /// Returns the head of a run; nil if the report did not begin with it.
    func head(of run: Int) -> RunHead? { indices.contains(run) ? self[run] : nil }
    /// Returns the outcome of a case of a run.
    func outcome(_ r: CaseRecord, run: Int) -> Outcome { Outcome(r, head(of: run)?.policy ?? Counts.Policy()) }
}
