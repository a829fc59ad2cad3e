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
    /// Returns a diagnostic for each pattern and each action that applies to none of these mutants. Such a pattern or
    /// action is a mistake.
    public func idle(_ mutants: [(side: String, subject: String, action: String)]) -> [Diagnostic] {
        all.flatMap { rule in
            let likes = rule.patterns.map { pattern in mutants.filter { Selection.fits($0.subject, pattern) } }
            var out: [Diagnostic] = []
            for (pattern, like) in zip(rule.patterns, likes) {
                if let one = rule.idle(pattern, like, in: file) { out.append(one) }
            }
            guard out.isEmpty else { return out }
            let done = Set(likes.joined().filter { $0.side == rule.side }.map(\.action))
            let useless = rule.actions.filter { !done.contains($0) }
            if !useless.isEmpty {
                out.append(rule.refusal(of: useless, on: rule.patterns, Array(likes.joined()), file))
            }
            return out
        }
    }
}

extension MutationRule {
    typealias Mutant = (side: String, subject: String, action: String)
    /// Returns the problem with a pattern that applies to no mutant; nil if it applies to one. `like` are the mutants
    /// that the pattern fits, on any side and with any action.
    fileprivate func idle(_ pattern: String, _ like: [Mutant], in file: String) -> Diagnostic? {
        if like.contains(where: { isAbout($0.side, $0.subject, $0.action) }) { return nil }
        if like.isEmpty {
            return Diagnostic(
                .unknownField, "nothing that a mutation can change matches `\(pattern)`", in: file, at: span)
        }
        guard like.contains(where: { $0.side == side }) else {
            let others = Set(like.map(\.side)).sorted().map { "`\($0)`" }.joined(separator: " or ")
            return Diagnostic(
                .badValue, "no mutation with `\(side)` changes `\(pattern)`", in: file, at: span,
                label: "write \(others)")
        }
        return refusal(of: actions, on: [pattern], like, file)
    }
    /// Returns the diagnostic for actions that no mutant on the side of the rule has.
    fileprivate func refusal(
        of actions: [String], on patterns: [String], _ like: [Mutant], _ file: String
    ) -> Diagnostic {
        func words(_ all: [String]) -> String { all.map { "`\($0)`" }.joined(separator: ", ") }
        var label = "`do` can have " + words(Set(like.filter { $0.side == side }.map(\.action)).sorted())
        let others = Set(like.filter { $0.side != side && actions.contains($0.action) }.map(\.side)).sorted()
        if !others.isEmpty {
            label += "; " + words(others) + " in place of `\(side)` can have " + words(actions)
        }
        return Diagnostic(
            .badValue, "no mutation of \(words(patterns)) with `\(side)` does \(words(actions))", in: file, at: span,
            label: label)
    }
}
