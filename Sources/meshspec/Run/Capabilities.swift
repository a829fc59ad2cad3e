import Scenario
import Wire

/// What cases showed of one capability.
struct CapabilityEvidence {
    var name: String
    /// As it was declared: `true`, `false` or a value; nil when nothing is said of it, which claims it.
    var declared: String?
    /// The answer of the node to the preflight that shows that it lacks the capability; nil without such an answer.
    var denial: String?
    /// Cases that can only be run with it, by how they came out.
    var passed: [String] = []
    var failed: [String] = []
    /// The failed cases that show that the capability is there all the same, for example because an end was too early.
    var shown: Set<String> = []
    /// Those that told nothing, with why.
    var unclear: [(id: String, reason: String)] = []
    /// What failed cases need beside it.
    var companions: [String: Set<String>] = [:]
    /// Failed cases that need another capability too, of which no case has shown that it is there.
    var doubtful: Set<String> = []
    /// Cases that fail for want of another capability, which is absent altogether.
    var explained: Set<String> = []

    enum Found: String {
        case present
        case absent
        case partly
        case unclear = "cannot tell"
    }
    /// One failure among passes is no absence: it is a fault in something that is there.
    var found: Found {
        if passed.isEmpty, shown.isEmpty {
            return denial == nil && failed.allSatisfy(doubtful.contains) ? .unclear : .absent
        }
        if passed.isEmpty { return .partly }
        return failed.allSatisfy(explained.contains) ? .present : .partly
    }
    /// Where what was declared and what is there contradict each other.
    var finding: String? {
        switch (declared, found) {
        case ("false"?, .present): "there but not declared"
        // A node without the capability may pass some cases all the same, such as cases that expect no answer.
        case ("false"?, .partly) where passed.count >= 5 * left.count: "partly there, but not declared: \(reason)"
        case ("false"?, _): nil
        case (_, .partly) where !passed.isEmpty && left.count > passed.count:
            (declared == nil ? "not declared, so claimed" : "declared") + ", but most of it is absent: \(reason)"
        case (.some, .absent): "declared but absent"
        // What the node denies is not claimed for it.
        case (nil, .absent): denial == nil ? "not declared, so claimed, but absent" : nil
        default: nil
        }
    }
    /// Failed cases that no absent capability explains.
    private var left: [String] { failed.filter { !explained.contains($0) } }
    /// In a few words, what `found` rests on.
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
                return "\(cases(failed.count)) failed, perhaps for want of \(others.joined(separator: ", "))"
            }
            guard let first = unclear.first else { return "no case needs it" }
            return "\(cases(unclear.count)) told nothing: \(first.id): \(first.reason)"
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
    /// Decides which capability a failure of several is about: one that nothing shows is not blamed for what another
    /// one like it may have caused, and one that is there not for what is absent altogether.
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
