import Network
import Node
import Report
import Scenario
import Text
import Wire

/// `meshspec run --audit-caps`: compares what the node can do with what was declared.
enum Audit {
    /// Options of a run with verdicts, which have no meaning here.
    static let refused: [OptionName] = [
        .chop, .baseline, .updateBaseline, .repeat, .untilFail, .failFast, .maxFailures, .budget, .dryRun, .strict,
        .inconc,
    ]

    /// Cases that run together, with the capabilities that the node is assumed to lack in this batch.
    struct Batch {
        var options: RunOptions
        /// The capabilities that the batch examines.
        var wanted: [String]
        var cases: [Case]
    }
    /// Returns the batches. A batch ignores the declarations of the capabilities that it examines, and respects all
    /// others.
    static func batches(_ names: [String], with options: RunOptions, of cases: [Case], for definition: Definition)
        -> [Batch]
    {
        let claimed = names.filter { !options.lacks.contains($0) }
        let groups = [claimed] + names.filter(options.lacks.contains).map { [$0] }
        let all = groups.map { wanted in
            var assumed = options
            assumed.lacks.subtract(wanted)
            let hinging = cases.filter { c in wanted.contains { assumed.hinges(c.scenario, on: $0, definition) } }
            return Batch(options: assumed, wanted: wanted, cases: hinging)
        }
        // Cases that are known to end nodes run after all others.
        return [false, true].flatMap { isDestructive in
            all.map { b in
                var part = b
                part.cases.removeAll { $0.scenario.isDestructive != isDestructive }
                return part
            }
        }
    }
    /// Runs the cases and evaluates the results. `declared` are the capabilities of the target file. `denials` are the
    /// capabilities that the node itself reported to lack, each with the answer that shows it.
    static func evidence(
        _ definition: Definition, requirements: RequirementList, options: RunOptions, declared: Capabilities,
        denials: [String: String] = [:], of cases: [Case],
        run: (Runner, [Case], (CaseResult) -> Void) throws(NetworkError) -> Void
    ) throws(NetworkError) -> [CapabilityEvidence] {
        var out: [String: CapabilityEvidence] = [:]
        let names = definition.configuration.capabilities.map(\.name)
        for n in names { out[n] = CapabilityEvidence(name: n, declared: declared[n], denial: denials[n]) }
        for batch in batches(names, with: options, of: cases, for: definition) where !batch.cases.isEmpty {
            try run(Runner(definition, requirements, batch.options), batch.cases) { r in
                let needed = names.filter { batch.options.hinges(r.scenario, on: $0, definition) }
                // A pass shows all capabilities that the case needs. Other verdicts only concern the examined ones.
                for n in needed where r.verdict == .pass || batch.wanted.contains(n) {
                    switch r.verdict {
                    case .pass: out[n]?.passed.append(r.id)
                    // A broken SHOULD about the subject of the capability shows that the capability is absent.
                    case .fail, .warn:
                        out[n]?.failed.append(r.id)
                        if r.problem?.isPresence == true { out[n]?.shown.insert(r.id) }
                        out[n]?.companions[r.id] = Set(needed).subtracting([n])
                    default: out[n]?.unclear.append((r.id, r.problem?.reason ?? r.reason ?? r.verdict.rawValue))
                    }
                }
            }
        }
        for n in names {
            out[n]?.passed.sort()
            out[n]?.failed.sort()
            out[n]?.unclear.sort { $0.id < $1.id }
        }
        return names.compactMap { out[$0] }.weighed()
    }

    static func run(
        _ invocation: Invocation, _ plan: RunPlan, of protocolRuns: [ProtocolRun], until interrupts: Interrupts
    ) throws -> Int32 {
        guard let protocolRun = protocolRuns.first, protocolRuns.count == 1 else {
            let names = NearestName.choice(protocolRuns.map(\.definition.name))
            throw CommandError(
                .ambiguous, at: .auditCaps, "one protocol is needed", remedy: "give --protocol \(names)")
        }
        let (definition, chosen) = (protocolRun.definition, protocolRun.target)
        let jobs = try invocation.number(.jobs, 1...256) ?? (chosen.isRemote ? 1 : RunPlan.jobsForReferenceNodes)
        var declared = chosen.capabilities
        if !chosen.isRemote, !invocation.has(.caps) {
            declared.declared = Set(definition.configuration.capabilities.map(\.name)).subtracting(
                definition.configuration.lacks(chosen.settings))
        }
        let found = try evidence(
            definition, requirements: protocolRun.requirements, options: protocolRun.options, declared: declared,
            denials: chosen.known?.denials ?? [:], of: plan.cases
        ) { runner, cases, take throws(NetworkError) in
            try runner.run(
                Schedule(cases, retries: plan.retries ?? 0), jobs: jobs, isSimulated: invocation.has(.simulate),
                progress: { _ in interrupts.status == nil }, take)
        }
        let status = interrupts.status ?? status(found)
        let isJSON = invocation.has(.json)
        if isJSON {
            let findings = found.filter { $0.finding != nil }.count
            let summary: Value = ["event": "summary", "findings": .uint(UInt64(findings)), "exit": .int(Int64(status))]
            try Console.print(found.flatMap { RunEvents.line($0.event) } + RunEvents.line(summary))
        }
        let known = chosen.known.map { Printable.text($0.line) + "\n" } ?? ""
        let told = known + text(found, try Console.style(invocation, descriptor: isJSON ? 2 : 1))
        if isJSON { Console.error(told) } else { try Console.print(told) }
        return status
    }
    /// Returns the exit status. Findings decide; if no capability has a clear result, it is `inconclusive`.
    static func status(_ found: [CapabilityEvidence]) -> Int32 {
        if found.contains(where: { $0.finding != nil }) { return ExitCode.failed }
        return found.allSatisfy { $0.found == .unclear } && !found.isEmpty ? ExitCode.inconclusive : ExitCode.good
    }
    static func text(_ found: [CapabilityEvidence], _ style: Style) -> String {
        let width = (found.map(\.name.count) + [10]).max() ?? 10
        let words = found.map { e in
            switch e.declared {
            case "true"?: "yes"
            case "false"?: "no"
            case let other?: style.safe(other)
            case nil: "undeclared"
            }
        }
        let column = (words.map(\.count) + [10]).max() ?? 10
        var out = "\(Style.pad("capability", width))  \(Style.pad("declared", column))  found\n"
        for (e, word) in zip(found, words) {
            let tone: Style.Tone =
                e.finding != nil ? .bad : e.found == .present ? .good : e.found == .partly ? .doubtful : .quiet
            out += "\(Style.pad(e.name, width))  \(Style.pad(word, column))  "
            out += style.paint(Style.pad(e.found.rawValue, 11), tone) + "  " + style.safe(e.reason) + "\n"
        }
        let findings = found.filter { $0.finding != nil }
        out += "\n\(findings.isEmpty ? "no" : "\(findings.count)") finding\(findings.count == 1 ? "" : "s")"
        for e in findings { out += "\n  \(e.name): \(e.finding ?? "")" }
        return out
    }
}
