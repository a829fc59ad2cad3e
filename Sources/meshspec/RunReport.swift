import CLinux
import Network
import Node
import Report
import Scenario
import Wire

/// Prints a run as it goes: lines for people on standard error, or events for programs on standard output.
final class RunReport {
    let isJSON: Bool
    let style: Style
    let showsProgress: Bool
    let target: ChosenTarget
    let seed: UInt64
    let cases: Int
    var console: RunConsole
    var done = 0
    var isShowing = false
    let clock = MonotonicClock()

    let plan: RunPlan
    let baseline: Baseline?
    let updatesBaseline: String?
    /// Appended to ids of cases that are run in another way.
    var suffix = ""
    /// Until nothing more begins.
    var goesOn = true
    var failures = 0
    /// Results that the baseline is made from, without traces.
    var kept: [CaseResult] = []
    var ids: [(id: String, verdict: Verdict)] = []

    init(
        _ invocation: Invocation, _ style: Style, _ requirements: RequirementList, _ plan: RunPlan,
        _ target: ChosenTarget, _ baseline: Baseline?, seed: UInt64, showsProgress: Bool
    ) {
        isJSON = invocation.has("--json")
        self.style = style
        self.showsProgress = showsProgress
        self.target = target
        self.seed = seed
        self.plan = plan
        self.baseline = baseline
        updatesBaseline = invocation.has("--update-baseline") ? invocation["--baseline"] : nil
        cases = plan.schedule.count
        console = RunConsole(style, requirements, ids: plan.cases.map(\.id), policy: plan.policy)
    }
    var targetName: String {
        let where_ = target.address.map { " at \($0)" } ?? ""
        return "\(target.name)\(where_ == " at \(target.name)" ? "" : where_) (\(target.settings.profile), "
            + target.settings.values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ") + ")"
    }
    func begin() {
        linux_note_interrupts()
        prepareForCrash([])
        if isJSON { return event(RunEvents.start(target: targetName, seed: seed, cases: cases)) }
        Console.error(console.header(version: Meshspec.version, target: targetName, seed: seed, cases: cases))
        if let listen = target.listen, target.isRemote { Console.error("cases in which the node dials us wait at \(listen)") }
    }
    func event(_ v: Value) {
        var out: [UInt8] = []
        ValueJSON.write(v, to: &out)
        out.append(0x0a)
        Console.write(out, to: 1)
    }
    /// Command that runs one case again the same way.
    func command(_ r: CaseResult) -> String {
        let words = ["meshspec", "run", r.id, "--seed", "0x" + String(r.seed, radix: 16)] + target.arguments
        return words.map { w in
            w.allSatisfy { $0.isLetter || $0.isNumber || "-._/:=@[]".contains($0) }
                ? w : "'" + w.replacing("'", with: "'\\''") + "'"
        }.joined(separator: " ")
    }
    func take(_ result: CaseResult) {
        var r = result
        if !suffix.isEmpty { r.id += suffix }
        if let baseline { r = baseline.judge(r, today: Day.today) }
        done += 1
        clear()
        ids.append((r.id, r.verdict))
        if r.verdict != .pass, r.verdict != .skip, updatesBaseline != nil {
            kept.append(r)
            kept[kept.count - 1].trace = []
        }
        if r.verdict == .fail || r.verdict == .error || r.verdict == .warn && plan.policy.isStrict, r.expectation == nil {
            failures += 1
            if failures >= plan.maximumFailures { goesOn = false }
        }
        let line = console.line(r, command: command(r))
        if isJSON { event(RunEvents.result(r, command: command(r))) } else { Console.error(line) }
    }
    /// Shows who runs; false when the run is to end.
    func progress(_ running: [String]) -> Bool {
        prepareForCrash(running)
        if linux_interrupt() != 0 { goesOn = false }
        if let budget = plan.budget, clock.now - Instant.zero >= budget {
            goesOn = false
            console.outcome.isOutOfTime = true
        }
        guard showsProgress, !isJSON, goesOn else { return goesOn }
        let text = "  \(done)/\(cases)  \(running.joined(separator: " "))"
        clear()
        Console.write(String(text.prefix(max(20, style.width - 1))), to: 2)
        isShowing = true
        return true
    }
    /// What is told should the process crash in the middle of a case.
    func prepareForCrash(_ running: [String]) {
        let text: [UInt8]
        if isJSON {
            var counts = console.outcome
            counts.crashed(running.count, notRun: max(0, cases - done - running.count))
            var out: [UInt8] = []
            for id in running.prefix(8) {
                out += RunEvents.line(["event": "case", "id": .text(id), "verdict": "error", "reason": "the harness crashed in it"])
            }
            text = out + RunEvents.line(RunEvents.summary(counts, seed: seed, exit: ExitCode.environment))
        } else {
            text = Array(
                "\nmeshspec crashed while it ran \(running.joined(separator: ", ")): please report this. \(done) of \(cases) cases were done, the others did not run.\n"
                    .utf8)
        }
        text.withUnsafeBytes { p in
            linux_on_crash(p.baseAddress?.assumingMemoryBound(to: CChar.self), p.count, isJSON ? 1 : 2, ExitCode.environment)
        }
    }
    /// The cases that passed so far.
    func passed(_ all: [Case]) -> [Case] {
        let good = Set(ids.filter { $0.verdict == .pass }.map(\.id))
        return all.filter { good.contains($0.id) }
    }
    func clear() {
        if isShowing { Console.write(String("\r\u{1b}[K"), to: 2) }
        isShowing = false
    }
    func end(suiteIDs: Set<String>) -> Int32 {
        clear()
        if let stale = baseline?.without(suiteIDs), !stale.isEmpty {
            console.outcome.stale = stale.count
            for e in stale { Console.error("the baseline lists \(e.id), which does not exist: take it out") }
        }
        let ran = Set(ids.filter { $0.verdict != .notRun }.map(\.id))
        for e in baseline?.without(ran) ?? [] where suiteIDs.contains(e.id) {
            Console.error("the baseline lists \(e.id), which did not run")
        }
        LastRun.write(ids)
        if let path = updatesBaseline, goesOn {
            let made = (baseline ?? Baseline()).updated(kept)
            if let why = Files.write(Array(made.text.utf8), to: path) {
                Console.error("meshspec run: cannot write \(path): \(why)")
                return ExitCode.environment
            }
            Console.error("\(path): \(made.entries.count) accepted failure\(made.entries.count == 1 ? "" : "s")")
        }
        var status = console.outcome.exitCode
        if linux_interrupt() != 0 { status = 128 + linux_interrupt() }
        if isJSON {
            event(RunEvents.summary(console.outcome, seed: seed, exit: status))
        } else {
            for line in console.details { Console.error(line) }
            Console.error("")
            for line in console.summary(elapsed: clock.now - Instant.zero) { Console.error(line) }
        }
        return status
    }
}
