import Node
import Report
import Scenario
import Wire

extension Command {
    static let list = Command(
        name: "list", summary: "list the cases", operands: "[PATH or ID ...]", options: [.json] + Cases.options,
        examples: [
            ("meshspec list", "every case with the requirements that it proves"),
            ("meshspec list -k 'req:NANO-2*'", "those about some requirements"),
        ]
    ) { invocation in
        let scenarios = try Cases.load(invocation).scenarios
        let width = scenarios.map(\.id.count).max() ?? 0
        let covers = min(40, scenarios.map { $0.covers.joined(separator: " ").count }.max() ?? 0)
        var lines: [String] = []
        for s in scenarios {
            if invocation.has("--json") {
                var out: [UInt8] = []
                ValueJSON.write(
                    [
                        "id": .text(s.id), "title": .text(s.title), "protocol": .text(s.protocolName),
                        "covers": .list(s.covers.map { .text($0) }), "tags": .list(s.tags.map { .text($0) }),
                        "profiles": .list(s.profiles.map { .text($0) }), "needs": .text(s.needsText ?? ""),
                        "file": .text(s.source.name),
                    ], to: &out)
                lines.append(String(decoding: out, as: UTF8.self))
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
        guard !invocation.operands.isEmpty else { throw UsageError("which case? `meshspec list` lists them") }
        let cases = try Cases.load(invocation)
        let pages = cases.scenarios.map { page($0, cases.suite.requirements($0.protocolName)) }
        return try Console.print(pages.joined(separator: "\n\n"))
    }
    /// The plan of one case.
    private static func page(_ s: Scenario, _ list: RequirementList) -> String {
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

    static let check = Command(
        name: "check", summary: "validate scenario files without a network", operands: "[FILE or FOLDER ...]",
        options: [.spec],
        examples: [
            ("meshspec check my-case.yaml", "all that is wrong with it, each with its place"),
            ("meshspec check", "the built-in suite, its vectors, and that every requirement is proved"),
        ],
        notes: "Exit status: 0 valid, 3 invalid, 4 cannot be read."
    ) { invocation in
        var suite = try Suite(invocation["--spec"])
        var files: [String] = []
        for path in invocation.operands {
            switch Files.kind(path) {
            case .folder: files += try Suite.scenarios(in: path)
            case .file: files.append(path)
            case .none: throw CommandError("no such file: \(path)")
            }
        }
        if invocation.operands.isEmpty { files = try suite.files }
        if files.isEmpty { throw CommandError(status: ExitCode.nothingMatched, "no scenario files there") }
        let scenarios = try suite.load(files)
        if invocation.operands.isEmpty {
            try suite.checkCoverage(scenarios)
            for d in suite.library.definitions { _ = try suite.mutationRules(d) }
        }
        if suite.complain() { return ExitCode.invalid }
        Console.error("\(scenarios.count) scenario\(scenarios.count == 1 ? "" : "s") valid")
        return ExitCode.good
    }
}

extension Suite {
    /// A requirement that passive observers do not judge must say why, and no other.
    mutating func checkObserved(_ list: RequirementList, _ observed: [ObservedRequirement]) {
        let judged = Set(observed.map(\.id))
        for r in list.all where judged.contains(r.id) == (r.unobservable != nil) {
            let text =
                r.unobservable == nil
                ? "the monitor does not judge `\(r.id)`" : "the monitor judges `\(r.id)`, which is not `unobservable`"
            diagnostics.append(
                Diagnostic(
                    .unprovenRequirement, text, in: r.file, at: r.span,
                    notes: r.unobservable == nil ? ["say why: `unobservable: receiver`, ..."] : []))
        }
    }
    /// A requirement that no case claims and no vector names must say why: it comes later, or cannot be tested.
    mutating func checkCoverage(_ scenarios: [Scenario]) throws(Files.Failure) {
        let vectors = try loadVectors()
        if vectors == nil { Console.error("no vectors at \(vectorFolder): what they prove is not checked") }
        for (name, list) in library.requirements.sorted(by: { $0.key < $1.key }) {
            checkObserved(list, library.definition(name)?.observed ?? [])
            let shown = vectors.map { Set(($0[name] ?? []).flatMap(\.requirements)) }
            let claimed = Set(scenarios.filter { $0.protocolName == name }.flatMap(\.claims))
            for r in list.all where !claimed.contains(r.id) && !r.isPlanned && r.untestable == nil {
                if r.kind == "codec", shown?.contains(r.id) ?? true { continue }
                let what = r.kind == "codec" ? "no vector and no case" : "no case"
                diagnostics.append(
                    Diagnostic(
                        .unprovenRequirement, "\(what) proves `\(r.id)`", in: r.file, at: r.span,
                        notes: ["say `untestable: why` or `planned: true`"]))
            }
        }
    }
}
