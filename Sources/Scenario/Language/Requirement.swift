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
