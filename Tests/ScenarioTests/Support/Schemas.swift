@testable import Scenario

extension Schema {
    /// The schemas of scenarios and fragments.
    static let all: [Schema] = [
        scenario, fragment, actor, parameter, vector, `default`, record, open, accept, send, build, part, expect,
        expectInAlt, never, branch, close, poll, fault, faultSpec, dut, `repeat`, verifies, near, bits, requirementUse,
    ]
    /// The schemas of other files.
    static let files: [Schema] = [
        requirement, source, wireVector, functionVector, target, capabilities, ready, baseline, baselineEntry,
        mutations, mutationRule,
    ]
}
