/// The behavior of one implementation, seen on the wire, that a requirement is about.
public struct Observation: Hashable, Sendable {
    /// Name and version of the implementation, such as `js-libp2p 3.3`.
    public var node: String
    /// The day it was seen, as `2026-11-27`.
    public var date: String
    /// True if the implementation keeps the requirement.
    public var keeps: Bool
    /// Its behavior, as a verb phrase such as `sends to the author`; empty if the requirement describes it.
    public var does: String
}

extension Observation {
    /// One line, such as `js-libp2p 3.3 breaks it: sends to the author (2026-11-27)`.
    public var line: String { "\(node) \(keeps ? "keeps" : "breaks") it\(does.isEmpty ? "" : ": " + does) (\(date))" }
}
