public import Node
public import Scenario

/// A fault of a node: an alteration on the wire, or a fault seeded in the node.
public enum Mutation: Hashable, Sendable {
    /// An alteration by a wrapper around the node.
    case wire(WireMutant)
    /// A fault in the node itself.
    case node(Bug)

    /// The name, such as `says:nano.keepalive:dropped` or `bug:bad-signature`.
    public var name: String {
        switch self {
        case .wire(let m): m.name
        case .node(let b): "bug:" + b.name
        }
    }
    /// True if a wrapper around the node makes it.
    public var isOnWire: Bool { if case .wire = self { true } else { false } }

    /// Returns the requirements that it breaks, which are fixed before it runs.
    public func breaks(_ rules: MutationRules) -> Broken {
        switch self {
        case .node(let b): return .requirements(b.requirements)
        case .wire(let m):
            guard let rule = rules.first(m.side.rawValue, m.subject, m.action.rawValue) else { return .unassigned }
            return rule.reason.map { .cannotMatter($0) } ?? .requirements(rule.breaks)
        }
    }

    /// The requirements that a mutant breaks.
    public enum Broken: Hashable, Sendable {
        /// The requirements. The mutant counts for the first one.
        case requirements([String])
        /// The mutant breaks no requirement. The text is the reason why no observer can detect it, or why it is not an
        /// error.
        case cannotMatter(String)
        /// No rule assigns requirements.
        case unassigned
    }
}

extension MutationRules {
    /// Returns a diagnostic for each row about a message or field that cannot be altered in this protocol.
    public func idle(in definition: Definition) -> [Diagnostic] {
        idle(WireMutant.all(of: definition).map { ($0.side.rawValue, $0.subject, $0.action.rawValue) })
    }
}
