internal import Node

/// What expressions can see while a case runs.
struct Scope {
    /// Constants, actors, captures, and marks as the time since the case began.
    var names: [String: Term] = [:]
    var capabilities: Set<String> = []
    var algorithm: SignatureAlgorithm?
    var algorithms: [SignatureAlgorithm] = []
    var seed: UInt64 = 0
    var caseID = ""
    var start = Instant.zero
    var now = Instant.zero
}

/// Why an expression could not be evaluated: a mistake of the scenario, at a place in it.
struct EvaluationError: Error, Equatable {
    var message: String
    var span: Span
}
