/// A rule about the requirements that a mutant breaks, from `mutations.yaml` of a protocol. The rules are fixed before
/// any mutant runs.
public struct MutationRule: Sendable {
    /// The side that the mutant changes: `says`, `hears` or `timer`.
    public var side: String
    /// The messages, or fields after the message name such as `rightmesh.*.reserved`. `*` matches any number of
    /// characters.
    public var patterns: [String]
    /// The actions of mutants that the rule applies to; empty for every action.
    public var actions: [String]
    /// The ids of the requirements that the mutant breaks, beginning with the one that it is counted for. Empty if the
    /// mutant cannot matter.
    public var breaks: [String]
    /// The reason why no observer could detect the mutant, or why it is not a mistake.
    public var reason: String?
    /// The position of the rule in the file.
    public var span: Span

    /// Returns whether the rule applies to this action on this message or field.
    public func isAbout(_ side: String, _ subject: String, _ action: String) -> Bool {
        self.side == side && (actions.isEmpty || actions.contains(action))
            && patterns.contains { Selection.fits(subject, $0) }
    }
}

/// The rules of a protocol. The first rule that applies to a mutant decides.
public struct MutationRules: Sendable {
    /// The rules in the order of the file.
    public var all: [MutationRule]
    /// The delay of a message that a mutant sends late.
    public var lateness: Duration
    /// The name of the file; empty if there is no file.
    public var file: String
    public init(_ all: [MutationRule] = [], lateness: Duration = .seconds(10), file: String = "") {
        self.all = all
        self.lateness = lateness
        self.file = file
    }
    /// Returns the rule that decides about this action on this message or field; nil if no rule applies.
    public func first(_ side: String, _ subject: String, _ action: String) -> MutationRule? {
        all.first { $0.isAbout(side, subject, action) }
    }
    /// Returns a diagnostic for each pattern that applies to none of these mutants. Such a pattern is a mistake.
    public func idle(_ mutants: [(side: String, subject: String, action: String)]) -> [Diagnostic] {
        all.flatMap { rule in
            rule.patterns.filter { pattern in
                var one = rule
                one.patterns = [pattern]
                return !mutants.contains { one.isAbout($0.side, $0.subject, $0.action) }
            }.map {
                Diagnostic(
                    .unknownField, "nothing that a mutation can change matches `\($0)`", in: file, at: rule.span)
            }
        }
    }
}
