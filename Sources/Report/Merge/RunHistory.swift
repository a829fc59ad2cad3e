public import Scenario

/// One of several runs of a target: a file of results, or several that are parts of one run.
public struct PastRun: Sendable {
    /// Version of the program that ran it.
    public var program: String
    /// The seed as the command line takes it.
    public var seed: String
    /// When it began, in UTC; nil in virtual time, which has no date.
    public var started: String?
    /// The commit that CI had checked out, where it told.
    public var revision: String?
    /// Names of its files.
    public var files: [String]
}

/// How one case came out in each of several runs.
public struct CaseHistory: Sendable {
    /// By the number of the run, the oldest first; nil where the case was not in a run.
    public var marks: [Mark?]
    /// With one version it both passed and did not: in two of the runs, or at two tries of one.
    public var isFlaky: Bool

    /// How it came out in one run.
    public struct Mark: Sendable, Equatable {
        public var verdict: Verdict
        /// Times that it had to be tried again before.
        public var retries: Int
    }
}
