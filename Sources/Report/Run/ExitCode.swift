/// The exit statuses of the program, constant per kind of outcome. They are documented in README.md and tested.
public enum ExitCode {
    /// All cases that ran passed.
    public static let good: Int32 = 0
    /// A conformance failure. For `decode` and `stats`: the file was read, but it is damaged.
    public static let failed: Int32 = 1
    /// The command line is invalid.
    public static let usage: Int32 = 2
    /// A scenario, target, baseline or requirement file is invalid.
    public static let invalid: Int32 = 3
    /// A problem of the harness or its environment: it cannot connect, read or listen.
    public static let environment: Int32 = 4
    /// The selection matches no case, or no case was judged.
    public static let nothingMatched: Int32 = 5
    /// There are inconclusive cases besides passes.
    public static let inconclusive: Int32 = 6
    /// The time budget of the run was exhausted before all cases had run, or a command to a node had no effect in time.
    public static let outOfTime: Int32 = 7

    /// The meaning of each status, for a manual.
    public static let meanings: [(status: Int32, meaning: String)] = [
        (good, "All cases that ran passed."),
        (failed, "A conformance failure. For a capture: it was read, but it is damaged."),
        (usage, "The command line is not understood."),
        (invalid, "A scenario, target, baseline or requirement file is invalid."),
        (environment, "The harness or its environment: it cannot connect, read or listen."),
        (nothingMatched, "The selection matches no case, or no case could be judged."),
        (inconclusive, "There are inconclusive cases besides passes."),
        (outOfTime, "The time budget ran out before all cases had run, or a command to a node had no effect in time."),
    ]
}
