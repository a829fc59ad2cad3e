@testable import Scenario

/// Results of the whole suite against the reference node in its first profile, by seed. All tests share them, so that
/// each run happens once.
enum SuiteRun {
    static let three = Result { try NanoSuiteTests.run(seed: 3) }
    static let seven = Result { try NanoSuiteTests.run(seed: 7) }
}
