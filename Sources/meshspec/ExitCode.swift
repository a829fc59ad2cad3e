/// Exit statuses, constant per kind of outcome. Documented in README.md and tested.
enum ExitCode {
    static let good: Int32 = 0
    /// A conformance failure; for decode and stats: read, but damaged.
    static let failed: Int32 = 1
    static let usage: Int32 = 2
    /// A scenario, target or requirement file is invalid.
    static let invalid: Int32 = 3
    /// The harness or its environment: cannot connect, cannot read, cannot listen.
    static let environment: Int32 = 4
    static let nothingMatched: Int32 = 5
    static let inconclusive: Int32 = 6
}
