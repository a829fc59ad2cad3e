/// The requirements that the observers of a protocol judge, one case for each. Every finding belongs to one rule, or
/// has no requirement. The raw value has the id, a colon, and the visible violation, in one line.
public protocol ObservedRule: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// The highest severity of its findings: a warning if a part that the capture lacks could always explain it.
    var severity: Severity { get }
}

extension ObservedRule {
    /// The id, such as `NANO-18`.
    public var id: String { String(Substring(rawValue.utf8.prefix { $0 != UInt8(ascii: ":") })) }
    /// The visible violation, in one line.
    public var seen: String { String(rawValue.dropFirst(id.count + 2)) }
}

/// A requirement that a passive observer judges, for listings.
public struct ObservedRequirement: Hashable, Sendable {
    /// The id, such as `NANO-18`.
    public var id: String
    /// The visible violation, in one line.
    public var seen: String
    /// The highest severity of its findings.
    public var severity: Severity
    /// Creates the requirement of a rule.
    public init(_ rule: some ObservedRule) { (id, seen, severity) = (rule.id, rule.seen, rule.severity) }
}

extension Finding {
    /// Creates a finding about the whole message, unless a path is given, with the rule's requirement if there is one.
    /// The severity is never above the rule's severity.
    public init(_ severity: Severity, of rule: (some ObservedRule)?, path: String, _ text: String) {
        assert(rule.map { severity <= $0.severity } ?? true, "surer than its rule")
        self.init(severity, rule?.id, path: path, text)
    }
}
