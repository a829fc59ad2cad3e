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
    let clock = MonotonicClock()

    init(
        _ invocation: Invocation, _ style: Style, _ cases: Cases, _ requirements: RequirementList,
        _ target: ChosenTarget,
        _ interrupts: Interrupts, seed: UInt64
    ) {
        isJSON = invocation.has("--json")
        isForPeople = !isJSON || isatty(1) == 0
        showsProgress = Console.isTerminal && isForPeople && !invocation.has("--no-progress")
        self.style = style
        self.target = target
        self.interrupts = interrupts
        self.seed = seed
        self.cases = cases.scenarios.count
        files = Set((try? cases.suite.files) ?? [])
        console = RunConsole(style, requirements, ids: cases.scenarios.map(\.id))
    }
    var targetName: String {
        let place = target.address.map { " at \($0)" } ?? ""
        let settings = target.settings.values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return target.name + (place == " at \(target.name)" ? "" : place)
            + " (\(([target.settings.profile] + settings).joined(separator: ", ")))"
    }
    func begin() {
        if isJSON { event(RunEvents.start(target: targetName, seed: seed, cases: cases)) }
        tell(console.header(version: Meshspec.version, target: targetName, seed: seed, cases: cases))
        if let listen = target.listen, target.isRemote { tell("cases in which the node dials us wait at \(listen)") }
    }
    func tell(_ line: String) { if isForPeople { Console.error(line) } }
    func event(_ v: Value) {
        // What could not be written is told once, at the end.
        if let failure = Console.write(RunEvents.line(v), to: 1) { writeFailure = writeFailure ?? failure }
    }
    /// Command that runs one case again the same way.
    func command(_ r: CaseResult) -> String {
        let name = r.scenario.source.name
        let words = ["meshspec", "run", files.contains(name) ? r.id : name, "--seed", "0x" + String(r.seed, radix: 16)]
        return (words + target.arguments).map(Self.quoted).joined(separator: " ")
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
    func take(_ result: CaseResult) {
        var r = result
        done += 1
        watch(r)
        if r.verdict == .notRun, interrupts.status == nil, unreachable != nil {
            r.reason = "the node was never reached"
        }
        clear()
        let command = command(r)
        let line = console.line(r, command: command)
        if isJSON { event(RunEvents.result(r, command: command)) }
        tell(line)
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
        if interrupts.status != nil || unreachable != nil { return false }
        guard showsProgress else { return true }
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
    /// The end of the run, and the exit status.
    func end() -> Int32 {
        clear()
        let counted = console.outcome.exitCode
        // A failure or worse trouble that was seen stands above a node that nobody reached.
        let status =
            interrupts.status ?? (unreachable != nil && counted != ExitCode.failed ? ExitCode.environment : counted)
        if isJSON { event(RunEvents.summary(console.outcome, seed: seed, exit: status)) }
        for line in console.details { tell(line) }
        tell("")
        if interrupts.status != nil { tell("interrupted") }
        if let unreachable { tell(style.safe("the node was never reached: \(unreachable)")) }
        if status == ExitCode.nothingMatched { tell("no case could be run") }
        for line in console.summary(elapsed: clock.now - Instant.zero) { tell(line) }
        if let writeFailure {
            Console.error("meshspec run: cannot write: \(writeFailure)")
            return ExitCode.environment
        }
        return status
    }
}
