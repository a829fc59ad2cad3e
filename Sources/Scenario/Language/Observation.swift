/// The behavior of one implementation, seen on the wire, that a requirement is about.
public struct Observation: Hashable, Sendable {
    /// Name and version of the implementation, such as `js-libp2p 3.3`.
    public var node: String
    /// The day it was seen, as `2026-11-27`.
    public var date: String
    /// True if the implementation keeps the requirement.
    public var keeps: Bool
    /// Its behavior, as a verb phrase such as `sends to the author`; empty if it is what the requirement says.
    public var does: String
}

extension Observation {
    /// One line, such as `js-libp2p 3.3 breaks it: sends to the author (2026-11-27)`.
    public var line: String { "\(node) \(keeps ? "keeps" : "breaks") it\(does.isEmpty ? "" : ": " + does) (\(date))" }
}

extension Requirement {
    /// The observed implementations that break it, and those that keep it, in one line; nil if none was observed.
    /// `isBroken`: the node that the line is for breaks it.
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
    /// More than half of at least two observed implementations break it: the question is whether it says what is meant.
    public var isQuestionable: Bool {
        observations.count > 1 && 2 * observations.count { !$0.keeps } > observations.count
    }
    /// `a, b and c`
    private static func list(_ all: [String]) -> String {
        guard let last = all.last, all.count > 1 else { return all.first ?? "" }
        return all.dropLast().joined(separator: ", ") + " and " + last
    }
}
