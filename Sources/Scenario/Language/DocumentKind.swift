/// The kinds of files that people write for this program. The first key of a file gives its kind.
public enum DocumentKind: String, CaseIterable, Sendable {
    case scenario
    case fragment
    case suite
    case target
    case capabilities
    case baseline

    /// The first key of such a file. Its value is the version of the format.
    public var key: String { self == .scenario ? Self.scenarioKey : "\(Self.scenarioKey)-\(rawValue)" }
    private static let scenarioKey = "meshspec"
    var schema: Schema {
        switch self {
        case .scenario: .scenario
        case .fragment: .fragment
        case .suite: .suite
        case .target: .target
        case .capabilities: .capabilities
        case .baseline: .baseline
        }
    }
    /// Returns the kind of a file: a scenario unless the first key names another kind.
    public static func of(_ source: SourceFile) -> DocumentKind { named(by: source) ?? .scenario }
    /// Returns the kind that the first key of a file names; nil if it names none of them.
    public static func named(by source: SourceFile) -> DocumentKind? {
        // The key of a scenario is a prefix of all others.
        allCases.first { source.begins(with: $0.key) && $0 != .scenario }
            ?? (source.begins(with: scenarioKey) ? .scenario : nil)
    }
}
