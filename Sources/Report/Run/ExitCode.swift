/// Exit statuses of the program, constant per kind of outcome. Documented in README.md and tested.
public enum ExitCode {
    /// All that ran passed.
    public static let good: Int32 = 0
    /// A conformance failure; for decode and stats: read, but damaged.
    public static let failed: Int32 = 1
    /// A command line that is not understood.
    public static let usage: Int32 = 2
    /// A scenario, target, baseline or requirement file is invalid.
    public static let invalid: Int32 = 3
    /// The harness or its environment: cannot connect, cannot read, cannot listen.
    public static let environment: Int32 = 4
    /// Nothing matched the selection, or no case came to be judged.
    public static let nothingMatched: Int32 = 5
    /// Inconclusive cases besides passes.
    public static let inconclusive: Int32 = 6
    /// The time given to the run was over before its cases.
    public static let outOfTime: Int32 = 7
}
