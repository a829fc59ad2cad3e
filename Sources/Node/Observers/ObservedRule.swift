/// The requirements that the observers of a protocol judge, one case for each: what they find is of one of these or of
/// none. The raw value: the id, a colon, and what is seen to break it, in a line.
public protocol ObservedRule: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// How sure that can be at most: a warning where something that the capture lacks may always explain it.
    var severity: Severity { get }
}

extension ObservedRule {
    /// Such as `NANO-18`.
    public var id: String { String(Substring(rawValue.utf8.prefix { $0 != UInt8(ascii: ":") })) }
    /// What is seen to break it, in a line.
    public var seen: String { String(rawValue.dropFirst(id.count + 2)) }
}

/// A requirement that a passive observer judges, for whoever lists them.
public struct ObservedRequirement: Hashable, Sendable {
    /// Such as `NANO-18`.
    public var id: String
    /// What is seen to break it, in a line.
    public var seen: String
    /// How sure that can be at most.
    public var severity: Severity
    /// Of a rule.
    public init(_ rule: some ObservedRule) { (id, seen, severity) = (rule.id, rule.seen, rule.severity) }
}

extension Finding {
    /// About the whole message, unless a path is given; of a requirement, where one is concerned. It is never surer
    /// than the rule says.
    public init(_ severity: Severity, of rule: (some ObservedRule)?, path: String, _ text: String) {
        assert(rule.map { severity <= $0.severity } ?? true, "surer than its rule")
        self.init(severity, rule?.id, path: path, text)
    }
}
