public import Scenario

/// A single run among several runs of a target: one results file, or several that are parts of one run.
public struct PastRun: Sendable {
    /// The version of the program that ran it.
    public var program: String
    /// The seed as the command line accepts it.
    public var seed: String
    /// The start in UTC; nil in virtual time, which has no date.
    public var started: String?
    /// The commit that CI had checked out, if known.
    public var revision: String?
    /// The names of its files.
    public var files: [String]
}

/// The results of one case in several runs.
public struct CaseHistory: Sendable {
    /// The results by the number of the run, oldest first; nil if the case was not in the run.
    public var marks: [Mark?]
    /// True if the case both passed and did not pass with one version, in two of the runs or at two tries of one run.
    public var isFlaky: Bool

    /// The result in one run.
    public struct Mark: Sendable, Equatable {
        public var verdict: Verdict
        /// The number of retries before the result.
        public var retries: Int
    }
}
