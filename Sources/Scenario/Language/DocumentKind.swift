/// The kinds of files that people write for this program. The first key of a file tells its kind.
public enum DocumentKind: String, CaseIterable, Sendable {
    case scenario
    case fragment
    case target
    case capabilities
    case baseline

    /// The first key of such a file, whose value is the version of the form.
    public var key: String { self == .scenario ? Self.scenarioKey : "\(Self.scenarioKey)-\(rawValue)" }
    private static let scenarioKey = "meshspec"
    var schema: Schema {
        switch self {
        case .scenario: .scenario
        case .fragment: .fragment
        case .target: .target
        case .capabilities: .capabilities
        case .baseline: .baseline
        }
    }
    /// The kind of a file; a scenario where its first key tells nothing else.
    public static func of(_ source: SourceFile) -> DocumentKind { named(by: source) ?? .scenario }
    /// The kind that the first key of a file names; nil where it names none.
    public static func named(by source: SourceFile) -> DocumentKind? {
        // The key of a scenario begins all others.
        allCases.first { source.begins(with: $0.key) && $0 != .scenario }
            ?? (source.begins(with: scenarioKey) ? .scenario : nil)
    }
}
