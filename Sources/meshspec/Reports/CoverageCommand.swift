import Node
import Report
import Scenario

extension Command {
    static let coverage = Command(
        name: "coverage", summary: "every requirement, what proves it, and how that came out", operands: "",
        options: [
            Option(
                "--results", value: "FILE", repeatable: true,
                "verdicts from results files instead of the last runs in this folder"),
            Option(
                "--select", short: "-k", value: "EXPR",
                "requirements by id, or by id and tag of their cases: `NANO-2*`, `tag:handshake`"),
            MutationsOption.option,
            Option("--strict", "exit status 1 for planned requirements too"), .json,
            Option("--markdown", "a table for a page"), .color, .spec,
        ],
        examples: [
            ("meshspec coverage", "what is proved by which cases, and what is open"),
            ("meshspec coverage --results run.jsonl --markdown", "a page with the verdicts of one run"),
        ],
        notes: """
            Exit status: 0 every requirement is covered, or its entry says why not; 1 one is covered by nothing; 2 usage, 3 an
            invalid file, 4 a file that cannot be read or is cut short, 5 nothing matches the selection.
            """,
        body: CoverageCommand.run)
}

/// `meshspec coverage`.
enum CoverageCommand {
    static func run(_ invocation: Invocation) throws(UsageError) -> Int32 {
        if invocation.has("--json"), invocation.has("--markdown") {
            throw UsageError("either --json or --markdown")
        }
        let style = try Console.style(invocation, descriptor: 1)
        var selection: Selection?
        if let text = invocation["--select"] {
            do throws(Selection.Failure) { selection = try Selection(text) } catch {
                throw UsageError("`-k`: \(error)")
            }
        }
        var outcomes: [String: Coverage.Outcome] = [:]
        var isCut = false
        do throws(ResultsFile.Failure) {
            for path in invocation.all("--results") { if try read(path, into: &outcomes) { isCut = true } }
        } catch {
            Console.error("meshspec coverage: \(Printable.text(error.message))")
            return error.status
        }
        if !invocation.has("--results") { outcomes = lastRuns() }
        let mutants: [String: MutantTally]
        do throws(ResultsFile.Failure) { mutants = try MutationsOption.read(invocation) } catch {
            Console.error("meshspec coverage: \(Printable.text(error.message))")
            return error.status
        }
        var coverage = Coverage()
        do {
            var suite = try Suite(invocation["--spec"])
            let scenarios = try suite.load(try suite.files)
            let vectors = try suite.loadVectors()
            if suite.complain() { return ExitCode.invalid }
            if vectors == nil { Console.error("no vectors at \(suite.vectorFolder): what they prove shows as open") }
            for d in suite.library.definitions {
                let mine = scenarios.filter { $0.protocolName == d.name }
                coverage.add(
                    d.name, suite.requirements(d.name), mine, vectors?[d.name] ?? [], outcomes, observed: d.observed
                ) { r, cases in
                    selection?.takes(r.id, provedBy: cases) ?? true
                }
            }
        } catch {
            Console.error("meshspec coverage: \(error)")
            return ExitCode.environment
        }
        coverage.add(mutants)
        if coverage.entries.isEmpty {
            Console.error("meshspec coverage: no requirement matches the selection")
            return ExitCode.nothingMatched
        }
        let isOpen = !coverage.uncovered.isEmpty || invocation.has("--strict") && !coverage.planned.isEmpty
        let status = isCut ? ExitCode.environment : isOpen ? ExitCode.failed : ExitCode.good
        var out: [UInt8] = []
        if invocation.has("--json") {
            for e in coverage.events(exit: status) { out += RunEvents.line(e) }
        } else if invocation.has("--markdown") {
            out += coverage.markdown().utf8
        } else {
            for line in coverage.lines(style) { out += (line + "\n").utf8 }
        }
        if let why = Console.write(out, to: 1) {
            Console.error("meshspec coverage: cannot write: \(why)")
            return ExitCode.environment
        }
        return status
    }
    /// What the last runs in this folder left.
    static func lastRuns() -> [String: Coverage.Outcome] {
        guard let last = LastRun.read() else { return [:] }
        return last.latest.mapValues { found in
            let group = last.groups[found.group]
            return Coverage.Outcome(
                verdict: found.entry.verdict, requirement: found.entry.requirement,
                seen: Coverage.Seen(target: group.target, at: group.at))
        }
    }
    /// The verdicts of a results file: of several files and rounds the worst. True when it is cut short, which was
    /// told.
    static func read(
        _ path: String, into outcomes: inout [String: Coverage.Outcome]
    ) throws(ResultsFile.Failure) -> Bool {
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
        Console.error("meshspec coverage: \(Printable.text(path)) is cut short: \(cut)")
        return true
    }
}
