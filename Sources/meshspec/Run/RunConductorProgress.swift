import CLinux
import Node
import Report
import Scenario
import Wire

/// The progress of a run, and the results that it stores for the next one.
extension RunConductor {
    /// Adds cases that will run in another way.
    func expect(_ more: [Case]) {
        cases += more.count
        phase = (more, 1)
        estimate = nil
    }
    /// Shows the progress of the running cases. Returns false to stop the run.
    func watch(_ running: [RunningCase]) -> Bool {
        prepareForCrash(running)
        if interrupts.status != nil || unreachable != nil { goesOn = false }
        let now = now
        if let budget = plan.budget, now >= budget {
            goesOn = false
            printer.outcome.isOutOfTime = true
        }
        guard goesOn else { return false }
        printer.show(now) { progress(running, now) }
        return true
    }
    func progress(_ running: [RunningCase], _ now: Duration) -> Progress {
        let list = running.map { RunningTime(id: $0.id, elapsed: $0.elapsed, wait: $0.wait) }
        guard !plan.isEndless else { return Progress(done: done, cases: nil, elapsed: now, running: list) }
        let estimate = estimate ?? begunEstimate()
        self.estimate = estimate
        return Progress(done: done, cases: cases, elapsed: now, left: estimate.left(list), running: list)
    }
    /// The line at the start of a run that will take long; nil for other runs.
    var expectedTime: String? {
        guard !isSimulated, !plan.isEndless else { return nil }
        let expected = ExpectedTime(of: plan, protocolRuns, jobs: jobs, measures: false)
        return expected.duration >= Self.longRun ? expected.text : nil
    }
    /// The expected time from which the start of a run shows it.
    static let longRun = Duration.seconds(60)
    /// Returns an estimate for the cases that still have to run, from the durations known so far.
    func begunEstimate() -> Estimate {
        let before = LastRun.read()?.durations ?? [:]
        var out = Estimate(known: before.merging(tried) { $1 }, jobs: jobs)
        for c in phase.cases {
            let before = places[variant.isEmpty ? c.id : c.id + " " + variant].map { outcomes[$0] }
            out.expect(c.id, times: phase.rounds - (before?.times ?? 0))
        }
        for o in outcomes { if let d = o.duration { out.measure(d) } }
        return out
    }
    /// Prepares the text that is printed if the process crashes in the middle of a case.
    func prepareForCrash(_ running: [RunningCase]) {
        let text: [UInt8]
        let hint = Console.memoryHint.isEmpty ? "" : "; " + Console.memoryHint
        if printer.isJSON {
            var counts = printer.outcome
            counts.crashed(running.count, notRun: max(0, cases - done - running.count))
            var out: [UInt8] = []
            for c in running.prefix(8) {
                let rule = c.case.scenario.covers.first ?? ""
                let level = printer.requirements[rule]?.level ?? .must
                out += RunEvents.line([
                    "event": "case", "id": .text(c.id), "verdict": "error", "requirement": .text(rule),
                    "level": .text(level.rawValue), "reason": "the harness crashed in it",
                ])
            }
            let end = RunEnd(counts: counts, exit: ExitCode.environment, cutShort: "the harness crashed" + hint)
            text = out + RunEvents.line(RunEvents.summary(end, seed: seed))
        } else {
            let names = running.map(\.id).joined(separator: ", ")
            text = Array(
                "\nmeshspec crashed while it ran \(names): please report this\(hint). \(done) of \(cases) cases were done, the others did not run.\n"
                    .utf8)
        }
        text.withUnsafeBytes { p in
            linux_on_crash(
                p.baseAddress?.assumingMemoryBound(to: CChar.self), p.count, printer.isJSON ? 1 : 2,
                ExitCode.environment)
        }
    }
    /// Stores the results for the next run and for `coverage`.
    func keepForNextTime() {
        var last = LastRun.read() ?? LastRun()
        for c in protocolRuns {
            let mine = outcomes.filter { $0.protocolName == c.definition.name }
            last.add(
                LastRun.Group(protocolName: c.definition.name, target: c.target.title, at: Day.now, entries: mine),
                isWhole: !plan.isPartial)
        }
        last.write()
    }
}
