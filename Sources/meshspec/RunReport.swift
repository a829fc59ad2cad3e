import CLinux
import Glibc
import Network
import Node
import Report
import Scenario
import Wire

/// Prints a run as it goes: lines for people on standard error, and events for programs on standard output.
final class RunReport {
    let isJSON: Bool
    /// Lines for people are printed: not beside events on one terminal.
    let isForPeople: Bool
    let showsProgress: Bool
    let style: Style
    let target: ChosenTarget
    let interrupts: Interrupts
    let seed: UInt64
    let cases: Int
    /// Files that an id alone finds again.
    let files: Set<String>
    var console: RunConsole
    var done = 0
    var isShowing = false
    /// The node under test took at least one connection.
    var wasReached = false
    /// Why nobody could connect to it, as long as nobody could.
    var unreachable: String?
    /// What went wrong with standard output.
    var writeFailure: String?
    /// What went wrong with the baseline's file.
    var baselineFailure: String?
    let clock = MonotonicClock()
    /// Leaves evidence of cases, where that is wanted.
    var evidence: EvidenceKeeper?

    let plan: RunPlan
    let baseline: Baseline?
    let updatesBaseline: String?
    /// In which other way cases are run now, such as `chop:bytes`.
    var variant = ""
    /// Reports beside what is printed.
    let reports: Reports
    let head: RunHead
    /// Fingerprints of scenario files, by name: many cases come from one.
    var contents: [String: String] = [:]
    var flushed = Instant.zero
    /// Until nothing more begins.
    var goesOn = true
    var failures = 0
    /// Results that the baseline is made from, without traces.
    var kept: [CaseResult] = []
    var ids: [(id: String, verdict: Verdict)] = []

    init(
        _ invocation: Invocation, _ style: Style, _ cases: Cases, _ plan: RunPlan, _ requirements: RequirementList,
        _ target: ChosenTarget, _ baseline: Baseline?, _ interrupts: Interrupts, _ reports: Reports, seed: UInt64
    ) {
        self.reports = reports
        self.plan = plan
        self.baseline = baseline
        updatesBaseline = invocation.has("--update-baseline") ? invocation["--baseline"] : nil
        isJSON = invocation.has("--json")
        isForPeople = !isJSON || isatty(1) == 0
        showsProgress = Console.isTerminal && isForPeople && !invocation.has("--no-progress")
        self.style = style
        self.target = target
        self.interrupts = interrupts
        self.seed = seed
        self.cases = plan.schedule.count
        files = Set((try? cases.suite.files) ?? [])
        console = RunConsole(style, requirements, ids: plan.cases.map(\.id), policy: plan.policy)
        var about = Set(plan.cases.flatMap { $0.scenario.covers + $0.scenario.claims })
        head = RunHead(
            program: Version.current, target: target.title, profile: target.settings.profile, seed: seed,
            cases: plan.schedule.count, started: invocation.has("--simulate") ? nil : Day.now,
            requirements: RequirementList(requirements.all.filter { about.remove($0.id) != nil }), policy: plan.policy)
    }
    func begin() {
        prepareForCrash([])
        reports.begin([head])
        if isJSON { write(RunEvents.line(RunEvents.start(head))) }
        tell(console.header(version: Version.current, target: head.target, seed: seed, cases: cases))
        if let listen = target.listen, target.isRemote { tell("cases in which the node dials us wait at \(listen)") }
    }
    func tell(_ line: String) { if isForPeople { Console.error(line) } }
    func write(_ line: [UInt8]) {
        // What could not be written is told once, at the end.
        if let failure = Console.write(line, to: 1) { writeFailure = writeFailure ?? failure }
    }
    /// Command that runs one case again the same way. `scenario` is its file, as words of a shell, where that is not the
    /// one that was run.
    func command(_ r: CaseResult, scenario: String? = nil) -> String {
        let name = r.scenario.source.name
        let operand = files.contains(name) ? r.scenario.id : name
        var words = ["meshspec", "run", scenario ?? Self.quoted(operand)]
        if r.id != r.scenario.id { words += ["--case", Self.quoted(r.id)] }
        words += ["--seed", "0x" + String(r.seed, radix: 16)]
        if !r.variant.isEmpty { words.append("--chop") }
        let secrets = Set(r.scenario.parameters.filter(\.isSecret).map(\.name))
        words += target.arguments.map { Self.word($0, secrets) }
        return words.joined(separator: " ")
    }
    /// A word of the command; of a secret parameter, the variable that is to hold it stands for its value.
    static func word(_ word: String, _ secrets: Set<String>) -> String {
        let name = String(word.prefix { $0 != "=" })
        guard secrets.contains(name), name.utf8.count < word.utf8.count else { return quoted(word) }
        let letters = name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        return quoted(name + "=") + "\"${MESHSPEC_\(String(letters)):?}\""
    }
    /// A word as a shell reads it.
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { c in
            switch c {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            default: "-._/:=@%+,".utf8.contains(c)
            }
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
    /// A result that does not count, since the case is tried again: it is evidence all the same.
    func retry(_ result: CaseResult) {
        var r = result
        r.variant = variant
        _ = keep(r)
    }
    /// Where the evidence of a case is, if it left some.
    func keep(_ r: CaseResult) -> String? {
        evidence?.keep(r) { command(r, scenario: $0) }
    }
    func take(_ result: CaseResult) {
        var r = result
        r.variant = variant
        if let baseline { r = baseline.judge(r, today: Day.today) }
        done += 1
        watch(r)
        if r.verdict == .notRun, interrupts.status == nil { r.reason = whyStopped }
        clear()
        let folder = keep(r)
        var record = CaseRecord(
            r, content: content(r.scenario.source), command: r.problem == nil ? "" : command(r))
        record.evidence = folder
        // What they were made of is not needed any more.
        r.dropEvidence()
        remember(r)
        let line = console.line(record)
        if isJSON { write(RunEvents.line(record)) }
        reports.add(record)
        tell(line)
        let now = clock.now
        if now - flushed > .milliseconds(200) {
            flushed = now
            reports.flush()
        }
    }
    func content(_ source: SourceFile) -> String {
        if let known = contents[source.name] { return known }
        let made = Fingerprint.of(source.bytes)
        contents[source.name] = made
        return made
    }
    /// Why cases are left out when nobody interrupted the run.
    var whyStopped: String {
        if unreachable != nil { return "the node was never reached" }
        return console.outcome.isOutOfTime ? "the budget ran out" : "enough failures"
    }
    /// What later parts of the run need of a result.
    func remember(_ r: CaseResult) {
        ids.append((r.name, r.verdict))
        if r.verdict != .pass, r.verdict != .skip, updatesBaseline != nil {
            kept.append(r)
            kept[kept.count - 1].trace = []
        }
        if r.verdict == .fail || r.verdict == .error || r.verdict == .warn && plan.policy.isStrict, r.expectation == nil
        {
            failures += 1
            if failures >= plan.maximumFailures { goesOn = false }
        }
    }
    /// What is told should the process crash in the middle of a case.
    func prepareForCrash(_ running: [String]) {
        let text: [UInt8]
        if isJSON {
            var counts = console.outcome
            counts.crashed(running.count, notRun: max(0, cases - done - running.count))
            var out: [UInt8] = []
            for id in running.prefix(8) {
                out += RunEvents.line([
                    "event": "case", "id": .text(id), "verdict": "error", "reason": "the harness crashed in it",
                ])
            }
            let end = RunEnd(counts: counts, exit: ExitCode.environment, cutShort: "the harness crashed")
            text = out + RunEvents.line(RunEvents.summary(end, seed: seed))
        } else {
            text = Array(
                "\nmeshspec crashed while it ran \(running.joined(separator: ", ")): please report this. \(done) of \(cases) cases were done, the others did not run.\n"
                    .utf8)
        }
        text.withUnsafeBytes { p in
            linux_on_crash(
                p.baseAddress?.assumingMemoryBound(to: CChar.self), p.count, isJSON ? 1 : 2, ExitCode.environment)
        }
    }
    /// The cases that passed so far.
    func passed(_ all: [Case]) -> [Case] {
        let good = Set(ids.filter { $0.verdict == .pass }.map(\.id))
        return all.filter { good.contains($0.id) }
    }
    /// A node that nobody has ever connected to is the environment's trouble: there is no use in going on.
    func watch(_ r: CaseResult) {
        let isOpened = r.trace.contains { if case .opened = $0.content { true } else { false } }
        if isOpened {
            wasReached = true
            unreachable = nil
        } else if !wasReached, target.address != nil, !r.scenario.isDialed, let p = r.problem {
            unreachable = p.reason
        }
    }
    /// Shows who runs; false asks to stop.
    func progress(_ running: [String]) -> Bool {
        prepareForCrash(running)
        if interrupts.status != nil || unreachable != nil { goesOn = false }
        if let budget = plan.budget, clock.now - Instant.zero >= budget {
            goesOn = false
            console.outcome.isOutOfTime = true
        }
        guard showsProgress, goesOn else { return goesOn }
        let text = "  \(done)/\(cases)  \(running.joined(separator: " "))"
        clear()
        Console.write(String(text.prefix(max(20, style.width - 1))), to: 2)
        isShowing = true
        return true
    }
    func clear() {
        if isShowing { Console.write(String("\r\u{1b}[K"), to: 2) }
        isShowing = false
    }
    /// Entries whose cases are gone or did not run are told; the file is written when that was asked for.
    func concludeBaseline(_ suiteIDs: Set<String>) {
        guard let baseline else { return }
        for e in baseline.without(suiteIDs) {
            console.outcome.stale += 1
            tell(style.safe("the baseline lists \(e.id), which does not exist: take it out"))
        }
        let ran = Set(ids.filter { $0.verdict != .notRun }.map(\.id))
        for e in baseline.without(ran) where suiteIDs.contains(e.id) {
            tell(style.safe("the baseline lists \(e.id), which did not run"))
        }
        guard let path = updatesBaseline, goesOn else { return }
        let made = baseline.updated(kept)
        if let why = Files.write(Array(made.text.utf8), to: path) {
            baselineFailure = "cannot write \(path): \(why)"
        } else {
            console.outcome.stale = 0
            tell("\(path): \(made.entries.count) accepted failure\(made.entries.count == 1 ? "" : "s")")
        }
    }
    /// The end of the run, and the exit status.
    func end(suiteIDs: Set<String>) -> Int32 {
        clear()
        concludeBaseline(suiteIDs)
        LastRun.write(ids)
        let counted = console.outcome.exitCode
        // A failure or worse trouble that was seen stands above a node that nobody reached.
        let status =
            interrupts.status ?? (unreachable != nil && counted != ExitCode.failed ? ExitCode.environment : counted)
        let elapsed = clock.now - Instant.zero
        let end = RunEnd(
            counts: console.outcome, exit: status, elapsed: head.started == nil ? nil : elapsed,
            cutShort: ids.contains { $0.verdict == .notRun }
                ? (interrupts.status != nil ? "interrupted" : whyStopped) : nil)
        let reportFailures = reports.end([end])
        if isJSON { write(RunEvents.line(RunEvents.summary(end, seed: seed))) }
        for line in console.details { tell(line) }
        tell("")
        if interrupts.status != nil { tell("interrupted") }
        if let unreachable { tell(style.safe("the node was never reached: \(unreachable)")) }
        if status == ExitCode.nothingMatched { tell("no case could be run") }
        for line in console.summary(elapsed: elapsed) { tell(line) }
        for failure in reportFailures { Console.error("meshspec run: \(failure)") }
        if !reportFailures.isEmpty { return ExitCode.environment }
        if let baselineFailure {
            Console.error("meshspec run: \(baselineFailure)")
            return ExitCode.environment
        }
        if evidence?.failure != nil, evidence?.option.isExplicit == true, interrupts.status == nil {
            return ExitCode.environment
        }
        if let writeFailure {
            Console.error("meshspec run: cannot write: \(writeFailure)")
            return ExitCode.environment
        }
        return status
    }
}
