/// The faults that a reference node can have, one at a time, as cases: each is a small, likely mistake of an
/// implementer. The raw value of a case has the requirements that it breaks, the main one first, a colon, and the wrong
/// behaviour.
public protocol SeededFault: RawRepresentable<String>, CaseIterable, Sendable {
    /// The name, as in `--bug name`. It is derived from the name of the case, unless a protocol defines it.
    var name: String { get }
    /// The fault of each name. This is the stored result of `byName()`, because each node with a fault looks it up.
    static var named: [String: Self] { get }
}

extension SeededFault {
    /// Returns the fault of each name.
    public static func byName() -> [String: Self] {
        Dictionary(allCases.map { ($0.name, $0) }) { first, _ in first }
    }
    /// All faults, in the form for the rest of the program.
    public static var bugs: [Bug] { allCases.map(\.bug) }
    public var name: String { Bug.name(ofCase: "\(self)") }
    /// The fault with the requirements that it breaks and its description.
    public var bug: Bug {
        let ids = rawValue.prefix { $0 != ":" }
        let requirements = ids.split(separator: " ").map(String.init)
        return Bug(
            name, breaks: requirements.first ?? "", also: Array(requirements.dropFirst()),
            String(rawValue.dropFirst(ids.count + 2)))
    }
}
