import Scenario
import Wire

/// What cases showed of one capability.
struct CapabilityEvidence {
    var name: String
    /// As it was declared: `true`, `false` or a value; nil when nothing is said of it, which claims it.
    var declared: String?
    /// Cases that can only be run with it, by how they came out.
    var passed: [String] = []
    var failed: [String] = []
    /// Those that told nothing, with why.
    var unclear: [(id: String, reason: String)] = []
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
        if passed.isEmpty { return failed.isEmpty ? .unclear : .absent }
        return failed.allSatisfy(explained.contains) ? .present : .partly
    }
    /// Where what was declared and what is there contradict each other.
    var finding: String? {
        switch (declared, found) {
        case ("false"?, .present): "there but not declared"
        case ("false"?, _): nil
        case (.some, .absent): "declared but absent"
        case (nil, .absent): "not declared, so claimed, but absent"
        default: nil
        }
    }
    /// In a few words, what `found` rests on.
    var reason: String {
        func cases(_ n: Int) -> String { "\(n) case\(n == 1 ? "" : "s")" }
        switch found {
        case .present: return "\(cases(passed.count)) passed"
        case .absent: return "\(cases(failed.count)) failed: " + Self.list(failed)
        case .partly:
            let left = failed.filter { !explained.contains($0) }
            return "\(passed.count) of \(cases(passed.count + left.count)) passed, not " + Self.list(left)
        case .unclear:
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
    /// Lets what is absent altogether answer for its cases, so that others that those cases need too are not blamed.
    func weighed() -> [CapabilityEvidence] {
        let explained = Set(filter { $0.found == .absent }.flatMap(\.failed))
        return map { e in
            var e = e
            e.explained = explained
            return e
        }
    }
}
