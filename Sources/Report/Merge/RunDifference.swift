public import Scenario
public import Text
public import Wire

/// The differences between two runs, by case and by requirement. Counts are not compared, because a fixed case and a
/// newly failing case cancel each other out in them.
public struct RunDifference: Sendable {
    /// The kinds of difference of a case.
    public enum Change: String, CaseIterable, Sendable {
        /// The case fails in B but not in A.
        case failing
        /// The case fails in A and passes in B.
        case fixed
        /// The verdict, the requirement or the kind of failure differs.
        case changed
        /// The case is missing in B.
        case onlyA = "only-a"
        /// The case is missing in A.
        case onlyB = "only-b"
    }
    /// A case that differs.
    public struct Case: Sendable {
        /// The id, followed by the variant.
        public var name: String
        /// The kind of difference.
        public var change: Change
        /// The result in A; nil if the case is missing there.
        public var a: RunOutline.Case?
        /// The result in B; nil if the case is missing there.
        public var b: RunOutline.Case?
    }
    /// A requirement that only one run broke.
    public struct Rule: Sendable {
        public var requirement: Requirement
        /// True if the requirement is broken in B but not in A; false for the opposite.
        public var isBroken: Bool
    }
    /// The cases in the order of A's file, followed by the cases that only B has.
    public private(set) var cases: [Case] = []
    /// The requirements in the order of their ids.
    public private(set) var rules: [Rule] = []
    public var isEmpty: Bool { cases.isEmpty && rules.isEmpty }

    /// Compares B with A.
    public init(_ a: RunOutline, _ b: RunOutline) {
        for x in a.cases {
            let y = b[x.name]
            if let change = Self.change(x, y) { cases.append(Case(name: x.name, change: change, a: x, b: y)) }
        }
        for y in b.cases where a[y.name] == nil {
            cases.append(Case(name: y.name, change: .onlyB, a: nil, b: y))
        }
        let others = Set(a.rules.all.keys).union(b.rules.all.keys).sorted().map { Requirement(unknown: $0) }
        let list = a.head.requirements.union(b.head.requirements).union(RequirementList(others))
        for r in list.all {
            let (was, isNow) = (Self.isBroken(a.rules[r.id]), Self.isBroken(b.rules[r.id]))
            guard was != isNow else { continue }
            rules.append(Rule(requirement: r, isBroken: isNow))
        }
    }
    private static func isBroken(_ v: Verdict?) -> Bool { v == .fail || v == .warn }

    private static func change(_ a: RunOutline.Case, _ b: RunOutline.Case?) -> Change? {
        guard let b else { return .onlyA }
        let failed: Set<Verdict> = [.fail, .warn, .error]
        if !failed.contains(a.verdict), failed.contains(b.verdict) { return .failing }
        if failed.contains(a.verdict), b.verdict == .pass { return .fixed }
        let isSame = a.verdict == b.verdict && a.fingerprint == b.fingerprint && a.requirement == b.requirement
        // For a case that passed or never ran, the requirement is only the first one that it covers.
        return isSame || a.verdict == b.verdict && a.verdict <= .pass ? nil : .changed
    }
    func count(_ c: Change) -> Int { cases.count { $0.change == c } }
    var broken: Int { rules.count(where: \.isBroken) }

    /// Returns the text for people: the cases by kind of difference, then the requirements, then the counts.
    public func lines(_ style: Style) -> [String] {
        var out: [String] = []
        for (change, title) in Self.titles {
            let list = cases.filter { $0.change == change }
            guard !list.isEmpty else { continue }
            out.append(style.paint("\(title) (\(list.count))", .strong))
            for c in list { out += lines(c, style) }
            out.append("")
        }
        for isBroken in [true, false] {
            let title = "requirements broken in \(isBroken ? "B, not in A" : "A, not in B")"
            let list = rules.filter { $0.isBroken == isBroken }.map(\.requirement)
            guard !list.isEmpty else { continue }
            out += style.fold("\(title) (\(list.count))").map { style.paint($0, .strong) }
            for r in list {
                out += style.fold("\(style.safe(r.id)) \(r.level.rawValue)  \(style.safe(r.text))", "  ")
            }
            out.append("")
        }
        return out + style.fold(summary).map { style.paint($0, isEmpty ? .good : .bad) }
    }
    private static let titles: [(Change, String)] = [
        (.failing, "newly failing"), (.fixed, "fixed"), (.changed, "changed"), (.onlyA, "only in A"),
        (.onlyB, "only in B"),
    ]
    private var summary: String {
        if isEmpty { return "nothing differs" }
        let parts = Self.titles.map { (count($0.0), $0.1) }.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let text = parts.isEmpty ? "no case differs" : "cases: " + parts.joined(separator: ", ")
        return "\(text)   requirements: \(broken) broken in B, \(rules.count - broken) in A"
    }
    private func lines(_ c: Case, _ style: Style) -> [String] {
        func text(_ x: RunOutline.Case?) -> String {
            guard let x else { return "-" }
            if x.verdict <= .pass { return x.verdict.rawValue }
            return "\(x.verdict.rawValue) \(x.requirement)"
        }
        let mark = (c.b ?? c.a)?.verdict.paddedMark(style) ?? ""
        var out = ["  \(mark) \(style.safe(c.name))"]
        let words: String
        switch c.change {
        case .onlyA: words = text(c.a)
        case .onlyB: words = text(c.b)
        default: words = "\(text(c.a)) \(style.hasUnicode ? "→" : "->") \(text(c.b))"
        }
        let reasons = [c.a?.reason, c.b?.reason].compactMap { $0 }.filter { !$0.isEmpty }
        let indent = style.hasUnicode ? "    " : "       "
        out += style.fold(style.safe(words), indent)
        if c.change == .changed, reasons.count == 2 {
            out += style.fold(style.safe("was: \(reasons[0])"), indent)
            out += style.fold(style.safe("now: \(reasons[1])"), indent)
        } else if let why = reasons.last {
            out += style.fold(style.safe(why), indent)
        }
        return out
    }
    /// Returns the events for programs: one for each case and requirement, and the summary. `exit` is the status of the
    /// command.
    public func events(exit: Int32) -> [Value] {
        func side(_ x: RunOutline.Case) -> Value {
            .object([
                "verdict": .text(x.verdict.rawValue), "requirement": .text(x.requirement),
                "level": .text(x.level.rawValue), "fingerprint": .text(unlessEmpty: x.fingerprint),
                "reason": .text(unlessEmpty: x.reason),
            ])
        }
        let changed = cases.map { c in
            Value.object([
                "event": "case", "name": .text(c.name), "change": .text(c.change.rawValue), "a": c.a.map(side),
                "b": c.b.map(side),
            ])
        }
        let judged = rules.map { r in
            Value.object([
                "event": "requirement", "id": .text(r.requirement.id), "level": .text(r.requirement.level.rawValue),
                "text": .text(r.requirement.text), "broken": r.isBroken ? "b" : "a",
            ])
        }
        let counts = Change.allCases.map { Value.Entry($0.rawValue, .number(count($0))) }
        let end = Value.members([
            "broken-a": .number(rules.count - broken), "broken-b": .number(broken), "exit": Value(Int64(exit)),
        ])
        return changed + judged + [.map([.init("event", "summary")] + counts + end)]
    }
}
