public import Node
public import Scenario

/// Something that a node does wrong: on the wire, or a fault seeded in it.
public enum Mutation: Hashable, Sendable {
    /// A wrapper around the node alters it.
    case wire(WireMutant)
    /// The node has it.
    case node(Bug)

    /// Such as `says:nano.keepalive:dropped` or `bug:bad-signature`.
    public var name: String {
        switch self {
        case .wire(let m): m.name
        case .node(let b): "bug:" + b.name
        }
    }
    /// Whether a wrapper around the node makes it.
    public var isOnWire: Bool { if case .wire = self { true } else { false } }

    /// What it breaks, fixed before it runs.
    public func breaks(_ rules: MutationRules) -> Broken {
        switch self {
        case .node(let b): return .requirements(b.requirements)
        case .wire(let m):
            guard let rule = rules.first(m.side.rawValue, m.subject, m.action.rawValue) else { return .unassigned }
            return rule.reason.map { .cannotMatter($0) } ?? .requirements(rule.breaks)
        }
    }

    /// What a mutant breaks.
    public enum Broken: Hashable, Sendable {
        /// Requirements, the one that it is counted for first.
        case requirements([String])
        /// None; why no observer could tell, or why it is no mistake.
        case cannotMatter(String)
        /// Nobody has said.
        case unassigned
    }
}

extension MutationRules {
    /// Rows that are about nothing that can be altered in this protocol.
    public func idle(in definition: Definition) -> [Diagnostic] {
        idle(WireMutant.all(of: definition).map { ($0.side.rawValue, $0.subject, $0.action.rawValue) })
    }
}
