import CLinux
import Glibc
import Network
import Node
import Report
import Scenario
import Wire

/// Prints a run as it goes, see `RunOutput`.
final class RunReport {
    private var output: RunOutput
    var isJSON: Bool { output.isJSON }
    /// Lines of cases are left out.
    let isQuiet: Bool
    let progress: RunProgress
    let style: Style
    let protocolRuns: [ProtocolRun]
    /// The node under test. With several protocols all have a reference node, of which no address and no command is
    /// told.
    var target: ChosenTarget? { protocolRuns.first?.target }
    let interrupts: Interrupts
    let seed: UInt64
    /// Cases to run, those among them that are run in other ways.
    var cases: Int
    /// Cases that run now, so many times each.
    var phase: (cases: [Case], rounds: Int)
    let jobs: Int
    /// Nobody has said how many cases run side by side.
    private let isOneByOne: Bool
    /// So many take long one by one.
    private static let manyCases = 30
    /// What cases took that are to be tried again, by id.
    var tried: [String: Duration] = [:]
    /// Made when somebody has waited for a while.
    var estimate: Estimate?
    /// Operands that are files or folders: `--last-failed` looks there.
    let files: [String]
    /// Files that an id alone finds again.
    let suiteFiles: Set<String>
    var console: RunConsole
    var done = 0
    /// The node under test took at least one connection.
    var wasReached = false
    /// Why nobody could connect to it, as long as nobody could.
    var unreachable: String?
    /// Why the node was not judged at all: it was asked who it is, and is not there or not the one that was meant.
    var refusal: CommandError?
    /// What went wrong with the baseline's file.
    var baselineFailure: String?
    let clock = MonotonicClock()
    /// Bytes of traces that may still be kept as they are.
    var roomForTraces = TraceLimit.ofRun
    /// Leaves evidence of cases, where that is wanted.
    var evidence: EvidenceKeeper?

    let plan: RunPlan
    let baseline: Baseline?
    let updatesBaseline: String?
    /// In which other way cases are run now, such as `chop:bytes`.
    var variant = ""
    /// Reports beside what is printed.
    let reports: Reports
    private(set) var head: RunHead
    var contents: [String: String] = [:]
    /// Capabilities without which a scenario cannot be run, by its id.
    private var needed: [String: [String]] = [:]
    var flushed = Pace(.milliseconds(200))
    /// Until nothing more begins.
    var goesOn = true
    var failures = 0
    /// Results that the baseline is made from, without traces.
    var kept: [CaseResult] = []
    /// How each case came out, by the place of its name; in the order in which they came.
    var outcomes: [LastRun.Entry] = []
    var places: [String: Int] = [:]

    init(
        _ invocation: Invocation, _ style: Style, _ cases: Cases, _ plan: RunPlan, _ protocolRuns: [ProtocolRun],
        _ baseline: Baseline?, _ interrupts: Interrupts, _ reports: Reports, seed: UInt64, jobs: Int
    ) {
        let requirements = protocolRuns.requirements
        self.protocolRuns = protocolRuns
        self.reports = reports
        self.plan = plan
        self.baseline = baseline
        updatesBaseline = invocation.has("--update-baseline") ? invocation["--baseline"] : nil
        let output = RunOutput(invocation, reports)
        self.output = output
        isQuiet = invocation.has("--quiet")
        let isWatched = !invocation.has("--no-progress")
        let form: RunProgress.Form =
            !isWatched || !output.isForPeople ? .none : Console.isTerminal ? .terminal : isQuiet ? .none : .log
        progress = RunProgress(
            form, style, tellsPrograms: isWatched && output.isJSON && !invocation.has("--simulate"))
        self.jobs = jobs
        isOneByOne = jobs == 1 && !invocation.has("--jobs") && !invocation.has("--simulate")
        phase = (plan.cases, plan.rounds)
        self.style = style
        self.interrupts = interrupts
        self.seed = seed
        self.cases = plan.count
        suiteFiles = Set((try? cases.suite.files) ?? [])
        files = invocation.operands.filter { Files.kind($0) != .none }
        console = RunConsole(style, requirements, ids: plan.cases.map(\.id), policy: plan.policy)
        var about = Set(plan.cases.flatMap { $0.scenario.covers + $0.scenario.claims })
        head = RunHead(
            program: Version.current, target: protocolRuns.title, profile: protocolRuns.profiles, seed: seed,
            cases: plan.count, started: invocation.has("--simulate") ? nil : Day.now,
            requirements: RequirementList(requirements.all.filter { about.remove($0.id) != nil }), policy: plan.policy)
        head.place =
            invocation["--annotate"] ?? invocation["--target"].flatMap { Files.kind($0) == .file ? $0 : nil }
        head.environment = Self.environment(invocation, plan.cases, seed)
    }
    /// `skips`: why cases will be skipped, and how many.
    func begin(_ skips: [(reason: String, cases: Int)]) {
        prepareForCrash([])
        reports.begin([head])
        if isJSON {
            write(RunEvents.line(RunEvents.start(head)))
            if let known = target?.known { write(RunEvents.line(known.event)) }
        }
        for run in protocolRuns { if let known = run.target.known { tell(Printable.text(known.line)) } }
        let title = protocolRuns.count == 1 ? target?.briefTitle ?? head.target : head.target
        let header = console.header(
            version: Version.current, target: title, seed: seed, cases: plan.isEndless ? nil : cases, skips)
        header.forEach(tell)
        if isOneByOne, plan.count > Self.manyCases {
            tell("one case at a time: -j 8 runs eight side by side, where the node serves several peers")
        }
        if let listen = target?.listen, target?.isRemote == true {
            tell("cases in which the node dials us wait at \(listen)")
        }
    }
    func tell(_ line: String) {
        guard output.isForPeople else { return }
        progress.clear(now)
        output.tell(line)
    }
    /// Since the run began.
    var now: Duration { clock.now - Instant.zero }
    func write(_ event: [UInt8]) { output.write(event) }
    /// Command that runs one case again the same way. `scenario` is its file, as words of a shell, where that is not
    /// the one that was run.
    func command(_ r: CaseResult, scenario: String? = nil) -> String {
        let name = r.scenario.source.name
        let operand = suiteFiles.contains(name) ? r.scenario.id : name
        var words = ["meshspec", "run", scenario ?? ShellText.word(operand)]
        if r.id != r.scenario.id { words += ["--case", ShellText.word(r.id)] }
        words += ["--seed", "0x" + String(r.seed, radix: 16)]
        if !r.variant.isEmpty { words.append("--chop") }
        let secrets = Set(r.scenario.parameters.filter(\.isSecret).map(\.name))
        words += (target?.arguments ?? []).map { Self.word($0, secrets) }
        return words.joined(separator: " ")
    }
    /// A word of the command; of a secret parameter, the variable that is to hold it stands for its value.
    static func word(_ word: String, _ secrets: Set<String>) -> String {
        let name = String(word.prefix { $0 != "=" })
        guard secrets.contains(name), name.utf8.count < word.utf8.count else { return ShellText.word(word) }
        let letters = name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        return ShellText.word(name + "=") + "\"${MESHSPEC_\(String(letters)):?}\""
    }
    /// A result that does not count, since the case is tried again: it is evidence all the same.
    func retry(_ result: CaseResult) {
        tried[result.id] = result.duration
        estimate?.retried(result.id, took: result.duration)
        var r = result
        r.variant = variant
        limitTrace(&r)
        _ = keep(r)
    }
    /// Counts the trace of a case that is written somewhere; once the run has kept enough, little of it stays.
    func limitTrace(_ r: inout CaseResult) {
        guard r.problem != nil || evidence?.option.takes(r) == true else { return }
        let size = r.traceSize
        if size > roomForTraces { r.limitTrace(.short) } else { roomForTraces -= size }
    }
    /// Where the evidence of a case is, if it left some.
    func keep(_ r: CaseResult) -> String? {
        evidence?.keep(r) { command(r, scenario: $0) }
    }
    /// The fingerprint of a file, which several cases share.
    func content(_ source: SourceFile) -> String {
        if let known = contents[source.name] { return known }
        let made = Fingerprint.of(source.bytes)
        contents[source.name] = made
        return made
    }
    func take(_ result: CaseResult) {
        var r = result
        r.variant = variant
        if let baseline { r = baseline.judge(r, today: Day.today) }
        if r.expectation == nil, let recorded = r.scenario.recorded, isReference(r.scenario) { r = recorded.judge(r) }
        done += 1
        watch(r)
        if r.verdict == .notRun, interrupts.status == nil { r.reason = whyStopped }
        limitTrace(&r)
        let folder = keep(r)
        let hasRun = r.verdict != .skip && r.verdict != .notRun
        var record = CaseRecord(
            r, content: content(r.scenario.source), command: hasRun ? command(r) : "",
            rule: console.requirements[r.requirement])
        record.evidence = folder
        // What they were made of is not needed any more.
        r.dropEvidence()
        remember(r)
        let heading = console.heading(record)
        let line = console.line(record, capabilities: capabilities(r.scenario))
        if isJSON { write(RunEvents.line(record)) }
        reports.add(record)
        if !isQuiet {
            if let heading { tell(heading) }
            tell(line)
        }
        if flushed.isDue(now) { reports.flush() }
    }
    /// Whether the node of a scenario is one of ours.
    private func isReference(_ s: Scenario) -> Bool {
        guard case .builtIn? = protocolRuns.protocolRun(of: s)?.options.subject else { return false }
        return true
    }
    /// Capabilities without which a scenario cannot be run.
    private func capabilities(_ s: Scenario) -> [String] {
        if let known = needed[s.id] { return known }
        guard let c = protocolRuns.protocolRun(of: s) else { return [] }
        let made = c.definition.capabilities.map(\.name).filter { c.options.hinges(s, on: $0, c.definition) }
        needed[s.id] = made
        return made
    }
    /// Why cases are left out when nobody interrupted the run.
    var whyStopped: String {
        if let refusal { return refusal.message }
        if unreachable != nil { return "the node was never reached" }
        if let gone { return "the node is gone: \(gone)" }
        return console.outcome.isOutOfTime ? "the budget ran out" : "enough failures"
    }
    /// The reason why the node is gone; nil if it was never there.
    private var gone: String? {
        unreachable == nil ? protocolRuns.lazy.compactMap(\.target.gone).first : nil
    }
    /// What later parts of the run need of a result.
    func remember(_ r: CaseResult) {
        let hasRun = r.verdict != .skip && r.verdict != .notRun
        let entry = LastRun.Entry(
            id: r.name, protocolName: r.scenario.protocolName, verdict: r.verdict, requirement: r.requirement,
            duration: hasRun ? r.duration : nil)
        if let i = places[r.name] {
            outcomes[i].add(entry)
        } else {
            places[r.name] = outcomes.count
            outcomes.append(entry)
        }
        estimate?.finished(r.id, took: entry.duration)
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
    /// The cases that passed so far.
    func passed(_ all: [Case]) -> [Case] {
        all.filter { c in places[c.id].map { outcomes[$0].verdict == .pass } ?? false }
    }
    /// A node that nobody has ever connected to is the environment's trouble: there is no use in going on.
    func watch(_ r: CaseResult) {
        let isOpened = r.trace.contains { if case .opened = $0.content { true } else { false } }
        if isOpened {
            wasReached = true
            unreachable = nil
        } else if !wasReached, target?.address != nil, !r.scenario.isDialed, let p = r.problem {
            unreachable = p.reason
        }
    }
    /// Entries whose cases are gone or did not run are told; the file is written when that was asked for.
    func concludeBaseline(_ suiteIDs: Set<String>) {
        guard let baseline else { return }
        for e in baseline.without(suiteIDs) {
            console.outcome.stale += 1
            tell(style.safe("the baseline lists \(e.id), which does not exist: take it out"))
        }
        let ran = Set(outcomes.filter { $0.verdict != .notRun }.map(\.id))
        for e in baseline.without(ran) where suiteIDs.contains(e.id) {
            tell(style.safe("the baseline lists \(e.id), which did not run"))
        }
        guard let path = updatesBaseline, goesOn else { return }
        let made = baseline.updated(kept)
        if let why = Files.write(Array(made.text.utf8), to: path, syncs: true) {
            baselineFailure = "cannot write \(path): \(why)"
        } else {
            console.outcome.stale = 0
            tell("\(path): \(made.entries.count) accepted failure\(made.entries.count == 1 ? "" : "s")")
        }
    }
    /// Command that runs what did not pass again.
    private var again: String {
        let secrets = Self.secrets(plan.cases)
        let words = (["meshspec", "run"] + files + ["--last-failed"]).map(ShellText.word)
        return (words + (target?.arguments ?? []).map { Self.word($0, secrets) }).joined(separator: " ")
    }
    /// The end of the run, and the exit status.
    func end(suiteIDs: Set<String>) throws(CommandError) -> Int32 {
        progress.clear(now)
        concludeBaseline(suiteIDs)
        keepForNextTime()
        console.outcome.deaths = protocolRuns.reduce(gone == nil ? 0 : 1) { $0 + $1.target.deaths.count }
        let counted = console.outcome.exitCode
        // A failure or worse trouble that was seen stands above a node that nobody reached.
        let status =
            interrupts.status ?? refusal?.status
            ?? (unreachable != nil && counted != ExitCode.failed ? ExitCode.environment : counted)
        let elapsed = now
        let end = RunEnd(
            counts: console.outcome, exit: status, elapsed: head.started == nil ? nil : elapsed,
            cutShort: outcomes.contains { $0.verdict == .notRun }
                ? (interrupts.status != nil ? "interrupted" : whyStopped) : nil)
        let reportFailures = reports.end([end])
        if isJSON { write(RunEvents.line(RunEvents.summary(end, seed: seed))) }
        for line in console.details { tell(line) }
        tell("")
        if interrupts.status != nil { tell("interrupted") }
        if let unreachable { tell(style.safe("the node was never reached: \(unreachable)")) }
        if let gone { tell(style.safe("the node is gone: \(gone)")) }
        for run in protocolRuns {
            guard let last = run.target.deaths.last else { continue }
            let times = run.target.deaths.count
            tell(style.safe("the node ended \(times == 1 ? "once" : "\(times) times") and was started again: \(last)"))
        }
        if status == ExitCode.nothingMatched {
            tell("no case could be run")
            for run in protocolRuns {
                if let hint = run.target.known?.kindHint(for: plan.cases) { tell(style.safe(hint)) }
            }
        }
        if let line = console.next(report: reportFailures.isEmpty ? reports.place : nil, again: again) { tell(line) }
        for line in console.summary(elapsed: elapsed) { tell(line) }
        for failure in reportFailures { Console.error("meshspec run: \(failure)") }
        if !reportFailures.isEmpty { return ExitCode.environment }
        if let baselineFailure { throw CommandError(baselineFailure) }
        if evidence?.failure != nil, evidence?.option.isExplicit == true, interrupts.status == nil {
            return ExitCode.environment
        }
        if let writeFailure = output.failure { throw CommandError("cannot write: \(writeFailure)") }
        return status
    }
}
