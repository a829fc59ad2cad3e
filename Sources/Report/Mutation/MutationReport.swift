public import Mutation
internal import Node
internal import Scenario
internal import Text
public import Wire

/// The results of the mutants of a protocol, for people and for programs.
public struct MutationReport: Sendable {
    /// The version of the format for programs.
    public static let version: UInt64 = 1
    private let plan: MutationPlan
    private let outcomes: [MutationOutcome]
    private let unfit: [(id: String, verdict: Verdict, setting: String)]
    private let score: MutationScore
    /// The number of mutants that were not run.
    private let missing: Int

    /// Makes the report of a run that ended or was stopped.
    public init(_ run: MutationRun) {
        plan = run.plan
        let all = run.outcomes
        outcomes = all.compactMap(\.self)
        missing = all.count - outcomes.count
        unfit = run.unfit
        score = MutationScore(outcomes, plan.requirements)
    }
    /// Returns whether at least this percentage of the mutants that break a MUST was killed, of the wire and of the
    /// node.
    public func reaches(percent: Int) -> Bool {
        [score.wire[.must], score.node[.must]].allSatisfy { $0?.reaches(percent: percent) ?? true }
    }
    /// Returns the command that repeats one mutant.
    private func command(_ o: MutationOutcome, _ finding: Verdict.Finding?) -> String {
        var words = "meshspec run --protocol \(plan.definition.name) --simulate --seed \(plan.seed)"
        switch o.mutation {
        case .wire(let m): words += " --mutant \(m.name)"
        case .node(let b): words += " --bug \(b.name)"
        }
        if let finding, !finding.setting.isEmpty { words += " " + finding.setting }
        if let finding { return words + " " + finding.id }
        return words + (o.requirement.map { " -k 'req:\($0)'" } ?? "")
    }

    // MARK: - Text

    /// Returns a table of requirements, the mutants that were left out with the reasons, and the surviving mutants.
    /// Each survivor has a command that repeats it.
    public func text() -> String {
        var out = table() + "\n"
        out += "\n" + summary("wire", score.wire) + "\n" + summary("node", score.node) + "\n" + Self.meaning
        out += leftOut()
        if !unfit.isEmpty {
            out += "\nCases that the good node does not pass; they judge no mutant:\n"
            for u in unfit { out += "  \(u.id)  \(u.verdict.rawValue)  \(u.setting)\n" }
        }
        if missing > 0 { out += "\n\(missing) mutants were not run.\n" }
        out += list("Survived", { if case .survived = $0 { true } else { false } })
        out += list("Blamed at another requirement", { if case .blamed = $0 { true } else { false } })
        out += list("Not assigned to a requirement", { if case .unassigned = $0 { true } else { false } })
        return out
    }
    private func table() -> String {
        var rows = [
            [
                "requirement", "level", "wire", "killed", "blamed", "survived", "left out", "node", "killed", "blamed",
                "survived",
            ]
        ]
        for (r, w, n) in score.requirements {
            let wire = [w.killed, w.blamed, w.survived, w.all - w.scored]
            let node = [n.killed, n.blamed, n.survived]
            rows.append(
                [r.id, r.level.rawValue, Self.percent(w.percent)] + wire.map(String.init)
                    + [Self.percent(n.percent)] + node.map(String.init))
        }
        let widths = rows[0].indices.map { i in rows.map { $0[i].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { i, cell in
                i < 2 ? Style.pad(cell.0, cell.1) : Style.padLeft(cell.0, cell.1)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
    private func summary(_ kind: String, _ counts: [Level?: MutationCount]) -> String {
        var parts: [String] = []
        for level in Level.allCases {
            guard let c = counts[level] else { continue }
            parts.append(
                "\(level.rawValue) \(Self.percent(c.percent)) (\(c.killed) of \(c.scored) killed, \(c.blamed) blamed at another, "
                    + "\(c.survived) survived)")
        }
        return kind + ": " + (parts.isEmpty ? "none" : parts.joined(separator: "; "))
    }
    /// What a reader may conclude from the percentages.
    private static let meaning = """
        These faults were chosen: each alters one message or timer (wire) or one known behaviour (node). A suite that notices
        all of them can still miss mistakes at other places of a node.

        """
    /// Returns the share of mutants that are not scored, with the reasons.
    private func leftOut() -> String {
        let left = outcomes.filter { !$0.fate.isScored }
        guard !left.isEmpty else { return "left out: none\n" }
        let share = 100 * Double(left.count) / Double(outcomes.count)
        var out = "left out: \(left.count) of \(outcomes.count) (\(Self.percent(share)))\n"
        let reasons = left.map { o -> String in
            switch o.fate {
            case .neverApplied: "never applied: no case has the message or timer that it alters"
            case .trivial: "trivial: the altered bytes are no longer a message"
            case .unassigned: "not assigned: no row gives the requirement that it breaks"
            case .cannotMatter(let why): "cannot matter: \(why)"
            case .killed, .blamed, .survived: ""
            }
        }
        let counts = Dictionary(reasons.map { ($0, 1) }, uniquingKeysWith: +)
        for (why, n) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) { out += "  \(n)  \(why)\n" }
        return out
    }
    private func list(_ title: String, _ takes: (MutationOutcome.Fate) -> Bool) -> String {
        let mine = outcomes.filter { takes($0.fate) }
        guard !mine.isEmpty else { return "" }
        var out = "\n\(title) (\(mine.count)):\n"
        for o in mine {
            var line = "  \(o.requirement ?? "-")  \(o.mutation.name)"
            if case .node(let b) = o.mutation { line += "  (\(b.summary))" }
            if case .blamed(let f) = o.fate { line += "  \(f.verdict.rawValue) \(f.requirement) in \(f.id)" }
            out += line + "\n"
            if case .blamed(let f) = o.fate {
                out += "    \(command(o, f))\n"
            } else if o.requirement != nil {
                out += "    \(command(o, nil))\n"
            }
        }
        return out
    }
    private static func percent(_ p: Double?) -> String {
        guard let p else { return "-" }
        return "\(Int((p * 10).rounded(.down)) / 10).\(Int((p * 10).rounded(.down)) % 10) %"
    }

    // MARK: - JSON

    /// Returns the report as one object, which Spec/results.md describes.
    public func value() -> Value {
        let requirements = score.requirements.map { r, w, n in
            Value.object([
                "id": .text(r.id), "level": .text(r.level.rawValue), "wire": Self.value(w), "node": Self.value(n),
            ])
        }
        let unfit = unfit.map { u in
            Value.object(["case": .text(u.id), "verdict": .text(u.verdict.rawValue), "setting": .text(u.setting)])
        }
        return .object([
            "meshspec_mutations": .uint(Self.version), "protocol": .text(plan.definition.name),
            "seed": .uint(plan.seed), "mutants": .number(outcomes.count + missing), "not_run": .number(missing),
            "score": ["wire": levels(score.wire), "node": levels(score.node)], "requirements": .list(requirements),
            "unfit": .list(unfit), "outcomes": .list(outcomes.map(Self.value)),
        ])
    }
    private func levels(_ counts: [Level?: MutationCount]) -> Value {
        .map(Level.allCases.compactMap { level in counts[level].map { .init(level.rawValue, Self.value($0)) } })
    }
    private static func value(_ c: MutationCount) -> Value {
        let counted = [("killed", c.killed), ("blamed", c.blamed), ("survived", c.survived)]
        let leftOut = c.leftOut.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return .map((counted + leftOut).map { Value.Entry($0, .number($1)) })
    }
    private static func value(_ o: MutationOutcome) -> Value {
        var breaks: [String]?
        if case .requirements(let ids) = o.broken { breaks = ids }
        var finding: Verdict.Finding?
        var reason: String?
        switch o.fate {
        case .killed(let f), .blamed(let f): finding = f
        case .cannotMatter(let why): reason = why
        default: break
        }
        return .object([
            "mutant": .text(o.mutation.name), "kind": o.mutation.isOnWire ? "wire" : "node",
            "breaks": breaks.map { .texts($0) }, "fate": .text(o.fate.word), "case": finding.map { .text($0.id) },
            "verdict": finding.map { .text($0.verdict.rawValue) },
            "requirement": finding.map { .text($0.requirement) }, "setting": finding.map { .text($0.setting) },
            "reason": reason.map { .text($0) },
        ])
    }
}
