/// A rule that a node can be tested against.
public struct Requirement: Sendable {
    /// The id, such as `NANO-18`. It is never reused for another rule.
    public var id: String
    /// The level of the requirement (RFC 2119).
    public var level: Level
    /// The side that is tested: `codec`, `server`, `client` or `both`.
    public var kind: String
    /// The profiles that the rule applies to; empty for all.
    public var profiles: [String]
    /// The rule in one sentence.
    public var text: String
    /// The document and section.
    public var source: String
    /// The text of the source, word by word; empty if nothing is quoted.
    public var quote: String
    /// The reason why no case can prove it.
    public var untestable: String?
    /// The reason why a passive observer cannot judge it; nil if an observer judges it.
    public var unobservable: Unobservable?
    /// True if its cases belong to a later part of the suite.
    public var isPlanned: Bool
    /// The behavior of implementations that were tested, in the order of the file.
    public var observations: [Observation]
    /// The position of the id in the file.
    public var span: Span
    /// The name of the requirements file.
    public var file: String
}

extension Requirement {
    /// Creates a rule that is not from a file, for example for a report.
    public init(id: String, level: Level, kind: String, text: String, source: String, quote: String) {
        self.init(
            id: id, level: level, kind: kind, profiles: [], text: text, source: source, quote: quote, untestable: nil,
            unobservable: nil, isPlanned: false, observations: [], span: .top, file: "")
    }
}

extension Requirement {
    /// Returns one line about the observed implementations that break the requirement, and the ones that keep it; nil
    /// if none was observed. `isBroken`: the node that the line is for breaks it.
    public func observed(isBroken: Bool) -> String? {
        let breakers = observations.filter { !$0.keeps }
        let keepers = observations.filter(\.keeps)
        var parts: [String] = []
        if !breakers.isEmpty {
            let all = breakers.map { "\($0.node) (\($0.date): \($0.does))" }
            parts.append(
                Self.list(all) + (all.count == 1 ? " breaks " : " break ") + id + (isBroken ? " as well" : ""))
        }
        if !keepers.isEmpty {
            let all = keepers.map(\.node)
            parts.append(Self.list(all) + (all.count == 1 ? " keeps " : " keep ") + (parts.isEmpty ? id : "it"))
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
    /// True if more than half of at least two observed implementations break the requirement. Then the requirement may
    /// not express what the specification means.
    public var isQuestionable: Bool {
        observations.count > 1 && 2 * observations.count { !$0.keeps } > observations.count
    }
    /// Joins texts as in `a, b and c`.
    private static func list(_ all: [String]) -> String {
        guard let last = all.last, all.count > 1 else { return all.first ?? "" }
        return all.dropLast().joined(separator: ", ") + " and " + last
    }
}

/// The requirements of one protocol, by id.
public struct RequirementList: Sendable {
    /// The requirements in the order of the file.
    public var all: [Requirement]
    var byID: [String: Int] = [:]
    /// False if its file has errors, so that requirements may be missing here.
    var isComplete = true
    /// Creates a list. If two requirements have the same id, a look-up finds the first.
    public init(_ all: [Requirement] = []) {
        self.all = all
        for (i, r) in all.enumerated() where byID[r.id] == nil { byID[r.id] = i }
    }
    /// The requirement with this id.
    public subscript(id: String) -> Requirement? { byID[id].map { all[$0] } }
}
