@testable import Scenario

/// Runs of the whole suite against the reference node in its first profile, by their seed: each is made once, however
/// many tests look at it.
enum SuiteRun {
    static let three = Result { try NanoSuiteTests.run(seed: 3) }
    static let seven = Result { try NanoSuiteTests.run(seed: 7) }
}
