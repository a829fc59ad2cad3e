public import Scenario

extension CaseRecord {
    /// The requirements that the case showed to be kept. A case that fails ends there: what it would have proved later
    /// was not judged.
    public var kept: [String] {
        switch verdict {
        case .pass: covers
        case .warn: covers.filter { $0 != requirement }
        default: []
        }
    }
    /// The requirement that the case showed to be broken; nil also if the case is about no requirement.
    public var broken: String? { (verdict == .warn || verdict == .fail) && !requirement.isEmpty ? requirement : nil }
}

/// The combined verdicts of all cases of a run on each requirement.
public struct RequirementVerdicts: Sendable {
    /// The verdict on each requirement that a case was about: the worst verdict of the cases that judged it, or the
    /// reason why none of them did.
    public private(set) var all: [String: Verdict] = [:]
    public init() {}
    /// Returns the verdict on a requirement; nil if no case was about it.
    public subscript(id: String) -> Verdict? { all[id] }
    /// Adds the result of a case.
    public mutating func add(_ r: CaseRecord) {
        for id in r.kept { add(id, .pass) }
        if let id = r.broken { add(id, r.verdict) }
        guard r.verdict != .pass, r.verdict != .warn, r.verdict != .fail else { return }
        for id in r.covers { add(id, r.verdict) }
    }
    /// Adds the verdict of a case on a requirement. A verdict about the node outranks every verdict that judged
    /// nothing. Among the verdicts about the node the worst one counts: a pass elsewhere does not undo a failure.
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
    /// Makes a requirement from its id alone.
    init(unknown id: String) { self.init(id: id, level: .must, kind: "", text: "", source: "", quote: "") }
}

extension RequirementList {
    /// Returns the requirements of both lists. If both lists have some of their own, the result is ordered by id:
    /// `NANO-9` before `NANO-10`.
    func union(_ other: RequirementList) -> RequirementList {
        let new = other.all.filter { self[$0.id] == nil }
        if new.isEmpty { return self }
        return all.isEmpty ? other : RequirementList((all + new).sorted { Self.key($0.id) < Self.key($1.id) })
    }
    /// Returns the text before the number at the end of an id, the number, and the id.
    private static func key(_ id: String) -> (String, Int, String) {
        let digits = id.reversed().prefix { $0.isASCII && $0.isNumber }.count
        return (String(id.dropLast(digits)), Int(id.suffix(digits)) ?? 0, id)
    }
}
