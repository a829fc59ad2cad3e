import Node
import Scenario
import Text
import Wire

extension Command {
    static let list = Command(
        name: "list", summary: "list the cases", operands: "[PATH or ID ...]",
        options: [Option(.protocol, value: "NAME", "cases of this protocol only"), .json] + Cases.options,
        examples: [
            ("meshspec list", "every case with the requirements that it proves"),
            ("meshspec list --protocol nano -k 'req:NANO-2*'", "only cases about some requirements"),
        ]
    ) { invocation in
        let name = try invocation.name(.protocol, of: "protocol", Registry.definitions.map(\.name), .unknownProtocol)
        let scenarios = try Cases.load(invocation).scenarios.filter { name == nil || $0.protocolName == name }
        if scenarios.isEmpty { throw Cases.nothingMatches }
        let width = scenarios.map(\.id.count).max() ?? 0
        let covers = min(40, scenarios.map { $0.covers.joined(separator: " ").count }.max() ?? 0)
        var lines: [String] = []
        for s in scenarios {
            if invocation.has(.json) {
                let row: Value = [
                    "id": .text(s.id), "title": .text(s.title), "protocol": .text(s.protocolName),
                    "covers": .list(s.covers.map { .text($0) }), "tags": .list(s.tags.map { .text($0) }),
                    "profiles": .list(s.profiles.map { .text($0) }), "needs": .text(s.needsText ?? ""),
                    "file": .text(s.source.name),
                ]
                lines.append(row.json)
            } else {
                let rules = Style.pad(s.covers.joined(separator: " "), covers)
                lines.append("\(Style.pad(s.id, width))  \(rules)  \(Printable.text(s.title))")
            }
        }
        return try Console.print(lines.joined(separator: "\n"))
    }

    static let show = Command(
        name: "show", summary: "show the plan of a case", operands: "ID", options: Cases.options,
        examples: [("meshspec show nano.handshake.v2-query", "its steps, and what each of them proves")]
    ) { invocation in
        guard !invocation.operands.isEmpty else {
            throw CommandError(
                .missingArgument, "which case?", remedy: "`meshspec list` lists them")
        }
        let cases = try Cases.load(invocation)
        let pages = cases.scenarios.map { page($0, cases.suite.requirements($0.protocolName)) }
        return try Console.print(pages.joined(separator: "\n\n"))
    }
    /// Returns the plan of one case.
    static func page(_ s: Scenario, _ list: RequirementList) -> String {
        var lines = ["\(s.id)   \(s.source.name)", "  \(s.title)"]
        if !s.summary.isEmpty { lines.append("  \(s.summary)") }
        if let needs = s.needsText { lines.append("  needs \(needs)") }
        if !s.profiles.isEmpty { lines.append("  for profile \(s.profiles.joined(separator: ", "))") }
        if !s.tags.isEmpty { lines.append("  tags \(s.tags.joined(separator: ", "))") }
        for id in s.covers { lines.append("  \(id) \(list[id]?.level.rawValue ?? "")  \(list[id]?.text ?? "")") }
        if s.cases.count > 1 { lines.append("  cases \(s.cases.map(\.id).joined(separator: ", "))") }
        for p in s.parameters { lines.append("  parameter \(p.name) (\(p.type.rawValue))  \(p.summary)") }
        for (i, step) in s.plan.enumerated() {
            let indent = String(repeating: "  ", count: step.depth)
            let number = Style.pad("\(i + 1).", 4) + Style.pad("line \(step.line)", 9)
            lines.append("  \(number)\(indent)\(step.text)")
        }
        return lines.map(Printable.text).joined(separator: "\n")
    }
}
