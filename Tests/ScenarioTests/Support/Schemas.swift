@testable import Scenario

extension Schema {
    /// The schemas of scenarios and fragments.
    static let all: [Schema] =
        [scenario, fragment, actor, parameter, vector, `default`, record, verifies, near, bits, requirementUse]
        + [SendVerb.Part.schema, Branch.schema, FaultVerb.units]
        + Verbs.all.compactMap { if case .shape(let schema) = $0.key.wants { schema } else { nil } }
    /// The schemas of other files.
    static let files: [Schema] = [
        suite, suiteMessage, requirement, source, wireVector, functionVector, target, capabilities, ready, baseline,
        baselineEntry,
        mutations, mutationRule,
    ]
}
