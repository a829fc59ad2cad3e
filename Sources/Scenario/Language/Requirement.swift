/// A rule that a node can be held to.
public struct Requirement: Sendable {
    /// Such as `NANO-18`; never given to another rule.
    public var id: String
    /// How binding it is.
    public var level: Level
    /// Who is tested: `codec`, `server`, `client` or `both`.
    public var kind: String
    /// Only under these profiles; empty: all.
    public var profiles: [String]
    /// What is due, in one sentence.
    public var text: String
    /// Document and section.
    public var source: String
    /// The words of the source; empty when none are cited.
    public var quote: String
    /// Why no case can prove it.
    public var untestable: String?
    /// Why a passive observer cannot judge it; nil where one does.
    public var unobservable: Unobservable?
    /// Its cases come with a later part of the suite.
    public var isPlanned: Bool
    /// The behavior of implementations that were tested, in the order of the file.
    public var observations: [Observation]
    /// Where its id stands in the file.
    public var span: Span
    /// The file that says so.
    public var file: String
}

extension Requirement {
    /// A rule that stands in no file, such as one that a report was told of.
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
    /// In the order of the file.
    public var all: [Requirement]
    var byID: [String: Int] = [:]
    /// A list; of two with one id the first is found.
    public init(_ all: [Requirement] = []) {
        self.all = all
        for (i, r) in all.enumerated() where byID[r.id] == nil { byID[r.id] = i }
    }
    /// The requirement with this id.
    public subscript(id: String) -> Requirement? { byID[id].map { all[$0] } }
}
