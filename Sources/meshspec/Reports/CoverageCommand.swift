import Node
import Report
import Scenario

extension Command {
    static let coverage = Command(
        name: "coverage", summary: "list every requirement, what proves it, and the last verdicts", operands: "",
        options: [
            Option(
                .results, value: "FILE", repeatable: true,
                "take verdicts from results files instead of the last runs in this folder"),
            Option(
                .select, short: "-k", value: "EXPR",
                "requirements by id, or by id and tag of their cases: `NANO-2*`, `tag:handshake`"),
            MutationsOption.option,
            Option(.strict, "exit status 1 for planned requirements too"), .json,
            Option(.markdown, "print a Markdown table for a page"), .color, .spec,
        ],
        examples: [
            ("meshspec coverage", "which cases prove which requirements, and what is open"),
            ("meshspec coverage --results run.jsonl --markdown", "a page with the verdicts of one run"),
        ],
        notes: """
            Exit status: 0 every requirement is covered, or its entry says why not; 1 a requirement is not covered; 2
            usage; 3 an invalid file; 4 a file cannot be read or is cut short; 5 nothing matches the selection.
            """,
        body: CoverageCommand.run)
}

/// `meshspec coverage`.
enum CoverageCommand {
    static func run(_ invocation: Invocation) throws -> Int32 {
        if invocation.has(.json), invocation.has(.markdown) {
            throw CommandError.conflict(.json, .markdown)
        }
        let style = try Console.style(invocation, descriptor: 1)
        let selection = try invocation.selection
        var outcomes: [String: Coverage.Outcome] = [:]
        var isCut = false
        for path in invocation.all(.results) { if try read(path, into: &outcomes) { isCut = true } }
        if !invocation.has(.results) { outcomes = lastRuns() }
        let mutants = try MutationsOption.read(invocation)
        var coverage = Coverage()
        var suite = try Suite(invocation[.spec])
        let scenarios = try suite.load(try suite.files)
        let vectors = try suite.loadVectors()
        if suite.complain() { return ExitCode.invalid }
        if vectors == nil {
            Console.error("no vectors at \(suite.vectorFolder): the requirements that they prove are shown as open")
        }
        for d in suite.library.definitions {
            let mine = scenarios.filter { $0.protocolName == d.name }
            coverage.add(
                d.name, requirements: suite.requirements(d.name), scenarios: mine, vectors: vectors?[d.name] ?? [],
                outcomes: outcomes, observed: d.judging.observed
            ) { r, cases in selection?.takes(r.id, provedBy: cases) ?? true }
        }
        coverage.add(mutants)
        if coverage.entries.isEmpty {
            throw CommandError(.nothingSelected, "no requirement matches the selection")
        }
        let isOpen = !coverage.uncovered.isEmpty || invocation.has(.strict) && !coverage.planned.isEmpty
        let status = isCut ? ExitCode.environment : isOpen ? ExitCode.failed : ExitCode.good
        var out: [UInt8] = []
        if invocation.has(.json) {
            for e in coverage.events(exit: status) { out += RunEvents.line(e) }
        } else if invocation.has(.markdown) {
            out += coverage.markdown().utf8
        } else {
            for line in coverage.lines(style) { out += (line + "\n").utf8 }
        }
        try Console.print(out)
        return status
    }
    /// Returns the outcomes that the last runs in this folder stored.
    static func lastRuns() -> [String: Coverage.Outcome] {
        guard let last = LastRun.read() else { return [:] }
        return last.latest.mapValues { found in
            let group = last.groups[found.group]
            return Coverage.Outcome(
                verdict: found.entry.verdict, requirement: found.entry.requirement,
                seen: Coverage.Seen(target: group.target, at: group.at))
        }
    }
    /// Reads the verdicts of a results file. If a case has several, in other files or rounds too, the worst one counts.
    /// Returns true, and prints a diagnostic, if the file is cut short.
    static func read(
        _ path: String, into outcomes: inout [String: Coverage.Outcome]
    ) throws(CommandError) -> Bool {
        var seen = Coverage.Seen(target: "", at: "")
        var found = outcomes
        let cut = try ResultsFile(path).read { event in
            switch event {
            case .start(let h): seen = Coverage.Seen(target: h.target, at: h.started ?? "")
            case .record(let r):
                if let old = found[r.name], old.verdict >= r.verdict { return }
                found[r.name] = Coverage.Outcome(verdict: r.verdict, requirement: r.requirement, seen: seen)
            default: break
            }
        }
        outcomes = found
        guard let cut else { return false }
        Console.report(CommandError(.invalidFile, at: path, "the file is cut short: \(cut)"), "coverage")
        return true
    }
}
