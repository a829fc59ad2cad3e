public import Scenario

extension CaseRecord {
    /// Requirements that it showed to be kept. A case that fails ends there: what it would have proved behind that was
    /// not judged.
    public var kept: [String] {
        switch verdict {
        case .pass: covers
        case .warn: covers.filter { $0 != requirement }
        default: []
        }
    }
    /// The requirement that it showed not to be kept; nil as well for a case that is about none.
    public var broken: String? { (verdict == .warn || verdict == .fail) && !requirement.isEmpty ? requirement : nil }
}

/// What the cases of a run say of requirements together.
public struct RequirementVerdicts: Sendable {
    /// Verdict of each requirement that a case was about: the worst of those that judged it, or, when none did, why
    /// not.
    public private(set) var all: [String: Verdict] = [:]
    public init() {}
    /// The verdict of one; nil when no case was about it.
    public subscript(id: String) -> Verdict? { all[id] }
    /// Takes in what a case says.
    public mutating func add(_ r: CaseRecord) {
        for id in r.kept { add(id, .pass) }
        if let id = r.broken { add(id, r.verdict) }
        guard r.verdict != .pass, r.verdict != .warn, r.verdict != .fail else { return }
        for id in r.covers { add(id, r.verdict) }
    }
    /// Takes in that a case judged a requirement so. A verdict of the node stands above all that could not be judged; a
    /// case that failed in one place says no more than that in others.
    public mutating func add(_ id: String, _ v: Verdict) {
        guard let old = all[id] else {
            all[id] = v
            return
        }
        if Self.order.firstIndex(of: v) ?? 0 > Self.order.firstIndex(of: old) ?? 0 { all[id] = v }
    }
    private static let order: [Verdict] = [.none, .notRun, .skip, .error, .inconc, .pass, .warn, .fail]
}

extension Requirement {
    /// A rule of which only the id is known.
    init(unknown id: String) { self.init(id: id, level: .must, kind: "", text: "", source: "", quote: "") }
}

extension RequirementList {
    /// These and those of another list, ordered by id where both have some of their own: `NANO-9` before `NANO-10`.
    func union(_ other: RequirementList) -> RequirementList {
        let new = other.all.filter { self[$0.id] == nil }
        if new.isEmpty { return self }
        return all.isEmpty ? other : RequirementList((all + new).sorted { Self.key($0.id) < Self.key($1.id) })
    }
    /// What stands before the number at the end of an id, and the number.
    private static func key(_ id: String) -> (String, Int, String) {
        let digits = id.reversed().prefix { $0.isASCII && $0.isNumber }.count
        return (String(id.dropLast(digits)), Int(id.suffix(digits)) ?? 0, id)
    }
}
