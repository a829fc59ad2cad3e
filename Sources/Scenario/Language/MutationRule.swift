/// What a mutant breaks, as `mutations.yaml` of a protocol has it: fixed before any of them runs.
public struct MutationRule: Sendable {
    /// `says`, `hears` or `timer`.
    public var side: String
    /// Messages, and fields behind them, such as `rightmesh.*.reserved`; `*` is any number of characters.
    public var patterns: [String]
    /// Only what is done so; empty: whatever is done.
    public var actions: [String]
    /// Ids of the requirements that it breaks, the one that it is counted for first; none where it cannot matter.
    public var breaks: [String]
    /// Why no observer could tell, or why it is no mistake.
    public var reason: String?
    /// Where it stands in the file.
    public var span: Span

    /// Whether it is about what is done so to this message or field.
    public func isAbout(_ side: String, _ subject: String, _ action: String) -> Bool {
        self.side == side && (actions.isEmpty || actions.contains(action))
            && patterns.contains { Selection.fits(subject, $0) }
    }
}

/// The rules of a protocol: the first one that is about a mutant decides.
public struct MutationRules: Sendable {
    /// In the order of the file.
    public var all: [MutationRule]
    /// How much later what is late comes.
    public var lateness: Duration
    /// Name of the file; empty for none.
    public var file: String
    /// Rules in this order.
    public init(_ all: [MutationRule] = [], lateness: Duration = .seconds(10), file: String = "") {
        self.all = all
        self.lateness = lateness
        self.file = file
    }
    /// The one that decides what is done so to this message or field; nil: nobody has said.
    public func first(_ side: String, _ subject: String, _ action: String) -> MutationRule? {
        all.first { $0.isAbout(side, subject, action) }
    }
    /// The patterns of rules that are about none of these, each of which is a mistake.
    public func idle(_ mutants: [(side: String, subject: String, action: String)]) -> [Diagnostic] {
        all.flatMap { rule in
            rule.patterns.filter { pattern in
                var one = rule
                one.patterns = [pattern]
                return !mutants.contains { one.isAbout($0.side, $0.subject, $0.action) }
            }.map {
                Diagnostic(
                    .unknownField, "nothing that can be altered is called `\($0)`, or not so", in: file, at: rule.span)
            }
        }
    }
}
