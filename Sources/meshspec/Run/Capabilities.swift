import Scenario
import Wire

/// The evidence of cases about one capability.
struct CapabilityEvidence {
    var name: String
    /// The declaration: `true`, `false` or a value. Nil without a declaration, which claims the capability.
    var declared: String?
    /// The answer of the node to the preflight that shows that it lacks the capability; nil without such an answer.
    var denial: String?
    /// Cases that need the capability, by result.
    var passed: [String] = []
    var failed: [String] = []
    /// The failed cases that show that the capability is there all the same, for example because an end was too early.
    var shown: Set<String> = []
    /// Cases without a result, with the reason.
    var unclear: [(id: String, reason: String)] = []
    /// The other capabilities that failed cases need.
    var companions: [String: Set<String>] = [:]
    /// Failed cases that also need another capability, which no case has shown to be present.
    var doubtful: Set<String> = []
    /// Cases that fail because another capability is completely absent.
    var explained: Set<String> = []

    enum Found: String {
        case present
        case absent
        case partly
        case unclear = "cannot tell"
    }
    /// The result. One failure among passes does not mean absence: it is a fault in a present capability.
    var found: Found {
        if passed.isEmpty, shown.isEmpty {
            return denial == nil && failed.allSatisfy(doubtful.contains) ? .unclear : .absent
        }
        if passed.isEmpty { return .partly }
        return failed.allSatisfy(explained.contains) ? .present : .partly
    }
    /// The contradiction between the declaration and the result; nil if there is none.
    var finding: String? {
        switch (declared, found) {
        case ("false"?, .present): "present but not declared"
        // A node without the capability may pass some cases all the same, such as cases that expect no answer.
        case ("false"?, .partly) where passed.count >= 5 * left.count: "partly present, but not declared: \(reason)"
        case ("false"?, _): nil
        case (_, .partly) where isMostlyAbsent:
            (declared == nil ? "not declared, so claimed" : "declared") + ", but most of it is absent: \(reason)"
        case (.some, .absent): "declared but absent"
        // A capability that the node denies counts as not claimed.
        case (nil, .absent): denial == nil ? "not declared, so claimed, but absent" : nil
        default: nil
        }
    }
    /// True if most cases contradict the capability. If none passed, failures that show that it is there count for it.
    private var isMostlyAbsent: Bool {
        passed.isEmpty ? left.count > 2 * left.count(where: shown.contains) : left.count > passed.count
    }
    /// Failed cases that no absent capability explains.
    private var left: [String] { failed.filter { !explained.contains($0) } }
    /// A short reason for `found`.
    var reason: String {
        func cases(_ n: Int) -> String { "\(n) case\(n == 1 ? "" : "s")" }
        switch found {
        case .present: return "\(cases(passed.count)) passed"
        case .absent: return denial ?? "\(cases(failed.count)) failed: " + Self.list(failed)
        case .partly:
            return "\(passed.count) of \(cases(passed.count + left.count)) passed, not " + Self.list(left)
        case .unclear:
            let others = Set(failed.flatMap { companions[$0] ?? [] }).sorted()
            if !failed.isEmpty {
                return "\(cases(failed.count)) failed, perhaps because the node lacks \(others.joined(separator: ", "))"
            }
            guard let first = unclear.first else { return "no case needs it" }
            return "\(cases(unclear.count)) gave no result: \(first.id): \(first.reason)"
        }
    }
    static func list(_ ids: [String]) -> String {
        ids.prefix(3).joined(separator: ", ") + (ids.count > 3 ? " and \(ids.count - 3) more" : "")
    }
    var event: Value {
        var out: [Value.Entry] = [
            .init("event", "capability"), .init("name", .text(name)),
            .init("declared", declared.map { .text($0) } ?? .null),
            .init("found", .text(found.rawValue)), .init("passed", .list(passed.map { .text($0) })),
            .init("failed", .list(failed.map { .text($0) })), .init("unclear", .list(unclear.map { .text($0.id) })),
            .init("reason", .text(reason)),
        ]
        if let finding { out.append(.init("finding", .text(finding))) }
        return .map(out)
    }
}

extension [CapabilityEvidence] {
    /// Decides which capability explains a failed case that needs several. A case is no evidence against a capability
    /// if another capability without evidence may have caused the failure. It is no evidence against a present
    /// capability if another one is completely absent.
    func weighed() -> [CapabilityEvidence] {
        let shown = Set(filter { !$0.passed.isEmpty }.map(\.name))
        var out = self
        for i in out.indices {
            let companions = out[i].companions
            out[i].doubtful = Set(out[i].failed.filter { !shown.isSuperset(of: companions[$0] ?? []) })
        }
        let explained = Set(out.filter { $0.found == .absent }.flatMap(\.failed))
        for i in out.indices { out[i].explained = explained }
        return out
    }
}
