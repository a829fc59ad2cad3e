import CLinux
import Glibc
import Network
import Node
import Report
import Scenario
import Text
import Wire

/// The conductor of a run. It judges results against the baseline, keeps their evidence, decides when the run stops, and
/// knows the exit status. `RunPrinter` prints what happens.
final class RunConductor {
    let printer: RunPrinter
    let protocolRuns: [ProtocolRun]
    /// The node under test. With several protocols each has a reference node, which has no address and no commands to
    /// report.
    var target: ChosenTarget? { protocolRuns.first?.target }
    let interrupts: Interrupts
    let seed: UInt64
    /// The number of cases to run, including the ones that run again in another way.
    var cases: Int
    /// The cases of the current phase, and how often each of them runs.
    var phase: (cases: [Case], rounds: Int)
    let jobs: Int
    /// True if cases run one at a time because `--jobs` is missing.
    private let isOneByOne: Bool
    /// True if the cases run in virtual time.
    let isSimulated: Bool
    /// The number of cases above which the reporter suggests `--jobs`.
    private static let manyCases = 30
    /// The durations of discarded results whose case is tried again, by case id.
    var tried: [String: Duration] = [:]
    /// The estimate of the time left. It is created when the progress is shown for the first time.
    var estimate: Estimate?
    /// The operands that are files or folders; `--last-failed` looks there.
    let files: [String]
    /// The files of the suite. A case id alone finds their cases.
    let suiteFiles: Set<String>
    var done = 0
    /// True if the node under test has accepted at least one connection.
    var wasReached = false
    /// The reason why the node could not be reached; nil after the first connection.
    var unreachable: String?
    /// The reason why the preflight failed, so that no case ran: the node is missing, or it is not the intended one.
    var refusal: CommandError?
    /// The reason why the baseline file could not be written.
    var baselineFailure: CommandError?
    /// The number of bytes of traces that the run may still keep unshortened.
    var roomForTraces = TraceLimit.ofRun
    /// The keeper of evidence bundles; nil if they are off.
    var evidence: EvidenceKeeper?

    let plan: RunPlan
    let baseline: Baseline?
    let updatesBaseline: String?
    /// The other way in which cases run in the current phase, such as `chop:bytes`.
    var variant = ""
    /// The report files, in addition to the printed output.
    let reports: Reports
    private(set) var head: RunHead
    var contents: [String: String] = [:]
    /// The capabilities that each scenario needs, by its id.
    private var needed: [String: [String]] = [:]
    var flushed = Pace(.milliseconds(200))
    /// False if no more cases may begin.
    var goesOn = true
    var failures = 0
    /// The results for the new baseline, without traces.
    var kept: [CaseResult] = []
    /// The outcome of each case, in the order of the first results. `places` maps the name of a case to its index.
    var outcomes: [LastRun.Entry] = []
    var places: [String: Int] = [:]

    init(
        _ invocation: Invocation, style: Style, cases: Cases, plan: RunPlan, protocolRuns: [ProtocolRun],
        baseline: Baseline?, interrupts: Interrupts, reports: Reports, seed: UInt64, jobs: Int
    ) {
        let requirements = protocolRuns.requirements
        self.protocolRuns = protocolRuns
        self.reports = reports
        self.plan = plan
        self.baseline = baseline
        updatesBaseline = invocation.has(.updateBaseline) ? invocation[.baseline] : nil
        printer = RunPrinter(
            invocation, RunOutput(invocation, reports),
            RunConsole(style, requirements, ids: plan.cases.map(\.id), policy: plan.policy))
        self.jobs = jobs
        isSimulated = invocation.has(.simulate)
        isOneByOne = jobs == 1 && !invocation.has(.jobs) && !isSimulated
        phase = (plan.cases, plan.rounds)
        self.interrupts = interrupts
        self.seed = seed
        self.cases = plan.count
        suiteFiles = Set((try? cases.suite.files) ?? [])
        files = invocation.operands.filter { Files.kind($0) != .none }
        var about = Set(plan.cases.flatMap { $0.scenario.covers + $0.scenario.claims })
        head = RunHead(
            program: Version.current, target: protocolRuns.title, profile: protocolRuns.profiles, seed: seed,
            cases: plan.count, started: invocation.has(.simulate) ? nil : Day.now,
            requirements: RequirementList(requirements.all.filter { about.remove($0.id) != nil }), policy: plan.policy)
        head.place =
            invocation[.annotate] ?? invocation[.target].flatMap { Files.kind($0) == .file ? $0 : nil }
        head.environment = Self.environment(invocation, plan.cases, seed)
    }
    /// Begins the run. `skips` has the reasons why cases will be skipped, with their number.
    func begin(_ skips: [(reason: String, cases: Int)]) {
        prepareForCrash([])
        reports.begin([head])
        printer.begin(head, of: protocolRuns, cases: plan.isEndless ? nil : cases, skips)
        if isOneByOne, plan.count > Self.manyCases {
            printer.tell("one case at a time: -j 8 runs eight at the same time, if the node serves several peers")
        }
        if let line = expectedTime { printer.tell(line) }
        if let listen = target?.listen, target?.isRemote == true {
            printer.tell("cases in which the node dials us wait at \(listen)")
        }
    }
    /// The time since the start of the run.
    var now: Duration { printer.now }
    /// Handles a result that does not count because the case is tried again. It may leave evidence like any other
    /// result.
    func retry(_ result: CaseResult) {
        tried[result.id] = result.duration
        estimate?.retried(result.id, took: result.duration)
        var r = result
        r.variant = variant
        limitTrace(&r)
        _ = keep(r)
    }
    /// Counts the size of a trace that will be written. If the run has kept enough, the trace is shortened.
    func limitTrace(_ r: inout CaseResult) {
        guard r.problem != nil || evidence?.option.takes(r) == true else { return }
        let size = r.traceSize
        if size > roomForTraces { r.limitTrace(.short) } else { roomForTraces -= size }
    }
    /// Keeps evidence of a case and returns its folder; nil if the case left none.
    func keep(_ r: CaseResult) -> String? {
        evidence?.keep(r) { command(r, scenario: $0) }
    }
    /// Returns the fingerprint of a file. It is computed once, because several cases share a file.
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
            rule: printer.requirements[r.requirement])
        record.evidence = folder
        // The record does not need the evidence that it was made from.
        r.dropEvidence()
        remember(r)
        let lines = printer.count(record, capabilities: capabilities(r.scenario))
        reports.add(record)
        lines.forEach(printer.tell)
        if flushed.isDue(now) { reports.flush() }
    }
    /// Returns true if a reference node of ours runs the scenario.
    private func isReference(_ s: Scenario) -> Bool {
        guard case .builtIn? = protocolRuns.protocolRun(of: s)?.options.subject else { return false }
        return true
    }
    /// Returns the capabilities that a scenario needs.
    private func capabilities(_ s: Scenario) -> [String] {
        if let known = needed[s.id] { return known }
        guard let c = protocolRuns.protocolRun(of: s) else { return [] }
        let made = c.definition.configuration.capabilities.map(\.name).filter {
            c.options.hinges(s, on: $0, c.definition)
        }
        needed[s.id] = made
        return made
    }
    /// The reason why cases did not run, unless the user interrupted the run.
    var whyStopped: String {
        if let refusal { return refusal.message }
        if unreachable != nil { return "the node was never reached" }
        if let gone { return "the node is gone: \(gone)" }
        return printer.outcome.isOutOfTime ? "the budget ran out" : "enough failures"
    }
    /// The reason why the node is gone; nil if it was never there.
    private var gone: String? {
        unreachable == nil ? protocolRuns.lazy.compactMap(\.target.gone).first : nil
    }
    /// Keeps the parts of a result that the rest of the run needs.
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
    /// Returns the cases that have passed.
    func passed(_ all: [Case]) -> [Case] {
        all.filter { c in places[c.id].map { outcomes[$0].verdict == .pass } ?? false }
    }
    /// Checks if the node was reached. If no case could ever connect, the environment is at fault, and the run stops.
    func watch(_ r: CaseResult) {
        let isOpened = r.trace.contains { if case .opened = $0.content { true } else { false } }
        if isOpened {
            wasReached = true
            unreachable = nil
        } else if !wasReached, target?.address != nil, !r.scenario.isDialed, let p = r.problem {
            unreachable = p.reason
        }
    }
    /// Reports entries of the baseline whose cases do not exist or did not run. Writes a new baseline if the user asked
    /// for it.
    func concludeBaseline(_ suiteIDs: Set<String>) {
        guard let baseline else { return }
        for e in baseline.without(suiteIDs) {
            printer.outcome.stale += 1
            printer.tell(printer.style.safe("the baseline lists \(e.id), which does not exist: remove it"))
        }
        let ran = Set(outcomes.filter { $0.verdict != .notRun }.map(\.id))
        for e in baseline.without(ran) where suiteIDs.contains(e.id) {
            printer.tell(printer.style.safe("the baseline lists \(e.id), which did not run"))
        }
        guard let path = updatesBaseline, goesOn else { return }
        let made = baseline.updated(kept)
        if let why = Files.write(Array(made.text.utf8), to: path, syncs: true) {
            baselineFailure = CommandError.unwritten(path, why)
        } else {
            printer.outcome.stale = 0
            printer.tell("\(path): \(made.entries.count) accepted failure\(made.entries.count == 1 ? "" : "s")")
        }
    }
    /// The lines at the end of the run about what happened to it and to the nodes.
    private func notes(_ status: Int32) -> [String] {
        var out: [String] = []
        if interrupts.status != nil { out.append("interrupted") }
        if let unreachable { out.append(printer.style.safe("the node was never reached: \(unreachable)")) }
        if let gone { out.append(printer.style.safe("the node is gone: \(gone)")) }
        for run in protocolRuns {
            guard let last = run.target.deaths.last else { continue }
            let times = run.target.deaths.count
            out.append(
                printer.style.safe(
                    "the node ended \(times == 1 ? "once" : "\(times) times") and was started again: \(last)"))
        }
        if status == ExitCode.nothingMatched {
            out.append("no case could be run")
            for run in protocolRuns {
                if let hint = run.target.known?.kindHint(for: plan.cases) { out.append(printer.style.safe(hint)) }
            }
        }
        return out
    }
    /// Ends the run and returns the exit status.
    func end(suiteIDs: Set<String>) throws(CommandError) -> Int32 {
        printer.clear()
        concludeBaseline(suiteIDs)
        keepForNextTime()
        printer.outcome.deaths = protocolRuns.reduce(gone == nil ? 0 : 1) { $0 + $1.target.deaths.count }
        let counted = printer.outcome.exitCode
        // A conformance failure takes precedence over a node that was never reached.
        let status =
            interrupts.status ?? refusal?.status
            ?? (unreachable != nil && counted != ExitCode.failed ? ExitCode.environment : counted)
        let elapsed = now
        var end = RunEnd(
            counts: printer.outcome, exit: status, elapsed: head.started == nil ? nil : elapsed,
            cutShort: outcomes.contains { $0.verdict == .notRun }
                ? (interrupts.status != nil ? "interrupted" : whyStopped) : nil)
        end.code = refusal?.code?.rawValue
        let reportFailures = reports.end([end])
        printer.end(
            end, seed: seed, after: elapsed, notes: notes(status),
            report: reportFailures.isEmpty ? reports.place : nil, again: again)
        for failure in reportFailures { Console.report(failure, "run") }
        if !reportFailures.isEmpty { return ExitCode.environment }
        if let baselineFailure { throw baselineFailure }
        if evidence?.failure != nil, evidence?.option.isExplicit == true, interrupts.status == nil {
            return ExitCode.environment
        }
        if let writeFailure = printer.failure { throw CommandError.unwritten(nil, writeFailure) }
        return status
    }
}
