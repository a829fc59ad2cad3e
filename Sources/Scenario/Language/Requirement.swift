/// A rule that a node can be held to.
public struct Requirement: Sendable {
    /// Such as `NANO-18`; never given to another rule.
    public var id: String
    public var level: Level
    /// Who is tested: `codec`, `server`, `client` or `both`.
    public var kind: String
    /// Only under these profiles; empty: all.
    public var profiles: [String]
    /// What is due, in one sentence.
    public var text: String
    /// Document and section.
    public var source: String
    public var quote: String
    /// Why no case can prove it.
    public var untestable: String?
    /// Its cases come with a later part of the suite.
    public var isPlanned: Bool
    public var span: Span
    /// The file that says so.
    public var file: String
}

/// The requirements of one protocol, by id.
public struct RequirementList: Sendable {
    public var all: [Requirement]
    var byID: [String: Int] = [:]
    public init(_ all: [Requirement] = []) {
        self.all = all
        for (i, r) in all.enumerated() where byID[r.id] == nil { byID[r.id] = i }
    }
    public subscript(id: String) -> Requirement? { byID[id].map { all[$0] } }
}
