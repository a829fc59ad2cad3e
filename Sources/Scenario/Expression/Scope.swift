internal import Node
internal import Wire

/// What expressions can see while a case runs.
struct Scope {
    /// Constants, actors, captures, and marks as the time since the case began.
    var names: [String: Term] = [:]
    var capabilities: Set<String> = []
    /// Functions of the protocol, such as `rightmesh.split`.
    var functions: [ProtocolFunction] = []
    /// Records that came on a link: name and fields, the oldest first.
    var records: (String) -> [(name: String, fields: Value)] = { _ in [] }
    /// Names that are not to be shown.
    var secrets: Set<String> = []
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

/// How much an expression may do: every step of its evaluation counts one.
final class Work {
    static let limit = 1_000_000
    var left = limit
}
