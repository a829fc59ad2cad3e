import Network
import Node
import Report
import Scenario
import Text

/// The printer of a run: lines for people, events for programs, and the progress; see `RunOutput`.
final class RunPrinter {
    private var output: RunOutput
    private var console: RunConsole
    private let progress: RunProgress
    private let clock = MonotonicClock()
    /// True if the lines of cases are left out.
    private let isQuiet: Bool

    init(_ invocation: Invocation, _ output: RunOutput, _ console: RunConsole) {
        self.output = output
        self.console = console
        isQuiet = invocation.has(.quiet)
        let isWatched = !invocation.has(.noProgress)
        let form: RunProgress.Form =
            !isWatched || !output.isForPeople ? .none : Console.isTerminal ? .terminal : isQuiet ? .none : .log
        progress = RunProgress(
            form, console.style, tellsPrograms: isWatched && output.isJSON && !invocation.has(.simulate))
    }
    var isJSON: Bool { output.isJSON }
    var style: Style { console.style }
    var requirements: RequirementList { console.requirements }
    /// The reason for the first failed write.
    var failure: String? { output.failure }
    /// The counts of the results so far.
    var outcome: Counts {
        get { console.outcome }
        set { console.outcome = newValue }
    }
    /// The time since the start of the run.
    var now: Duration { clock.now - Instant.zero }

    /// Prints a line for people.
    func tell(_ line: String) {
        guard output.isForPeople else { return }
        clear()
        output.tell(line)
    }
    /// Clears the line of the progress.
    func clear() { progress.clear(now) }
    /// Shows the progress if it is due.
    func show(_ now: Duration, _ running: () -> Progress) {
        if let event = progress.show(now, running) { output.write(event) }
    }
    /// Prints the start of a run with this number of cases (nil: without end). `skips` has the reasons why cases will be
    /// skipped, with their number.
    func begin(
        _ head: RunHead, of protocolRuns: [ProtocolRun], cases: Int?, _ skips: [(reason: String, cases: Int)]
    ) {
        let target = protocolRuns.first?.target
        if isJSON {
            output.write(RunEvents.line(RunEvents.start(head)))
            if let known = target?.known { output.write(RunEvents.line(known.event)) }
        }
        for run in protocolRuns { if let known = run.target.known { tell(Printable.text(known.line)) } }
        let title = protocolRuns.count == 1 ? target?.briefTitle ?? head.target : head.target
        let header = console.header(version: Version.current, target: title, seed: head.seed, cases: cases, skips)
        header.forEach(tell)
    }
    /// Counts a case and writes its event. Returns its lines for people.
    func count(_ record: CaseRecord, capabilities: [String]) -> [String] {
        let heading = console.heading(record)
        let line = console.line(record, capabilities: capabilities)
        if isJSON { output.write(RunEvents.line(record)) }
        return isQuiet ? [] : (heading.map { [$0] } ?? []) + [line]
    }
    /// Prints the end of the run. `notes`: the lines about what happened to the run; `report`: a file that was written;
    /// `again`: the command that repeats the cases that did not pass.
    func end(
        _ end: RunEnd, seed: UInt64, after elapsed: Duration, notes: [String], report: String?, again: String
    ) {
        if isJSON { output.write(RunEvents.line(RunEvents.summary(end, seed: seed))) }
        for line in console.details { tell(line) }
        tell("")
        notes.forEach(tell)
        if let line = console.next(report: report, again: again) { tell(line) }
        for line in console.summary(elapsed: elapsed) { tell(line) }
    }
}
