/// The faults that a reference node can have, one at a time, as cases: each is a small, likely mistake of an implementer.
/// The raw value of a case: the requirements that it breaks, the main one first, a colon, and what the node does wrong.
public protocol SeededFault: RawRepresentable<String>, CaseIterable, Sendable {
    /// As in `--bug name`; unless a protocol says otherwise, from the name of the case.
    var name: String { get }
    /// The fault of each name: `byName()`, kept, since each node that is given a fault looks there.
    static var named: [String: Self] { get }
}

extension SeededFault {
    /// The fault of each name, from the names of all.
    public static func byName() -> [String: Self] {
        Dictionary(allCases.map { ($0.name, $0) }) { first, _ in first }
    }
    /// All, as the rest of the program knows them.
    public static var bugs: [Bug] { allCases.map(\.bug) }
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
