/// The faults that a reference node can have, one at a time, as cases: each is a small, likely mistake of an implementer.
/// The raw value of a case: the requirements that it breaks, the main one first, a colon, and what the node does wrong.
public protocol SeededFault: RawRepresentable<String>, CaseIterable, Sendable {}

extension SeededFault {
    /// The fault of this name; nil where there is none.
    public init?(named name: String) {
        guard let fault = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = fault
    }
    /// All, as the rest of the program knows them.
    public static var bugs: [Bug] { allCases.map(\.bug) }
    /// As in `--bug name`: from the name of the case.
    public var name: String { Bug.name(ofCase: "\(self)") }
    /// The requirements that it breaks, and how.
    public var bug: Bug {
        let ids = rawValue.prefix { $0 != ":" }
        let requirements = ids.split(separator: " ").map(String.init)
        return Bug(
            name, breaks: requirements.first ?? "", also: Array(requirements.dropFirst()),
            String(rawValue.dropFirst(ids.count + 2)))
    }
}
