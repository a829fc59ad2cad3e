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

    init(
        _ invocation: Invocation, _ style: Style, _ requirements: RequirementList, _ scenarios: [Scenario],
        _ target: ChosenTarget, seed: UInt64, showsProgress: Bool
    ) {
        isJSON = invocation.has("--json")
        self.style = style
        self.showsProgress = showsProgress
        self.target = target
        self.seed = seed
        cases = scenarios.count
        console = RunConsole(style, requirements, ids: scenarios.map(\.id))
    }
    var targetName: String {
        let where_ = target.address.map { " at \($0)" } ?? ""
        return "\(target.name)\(where_ == " at \(target.name)" ? "" : where_) (\(target.settings.profile), "
            + target.settings.values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ") + ")"
    }
    func begin() {
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
    func take(_ r: CaseResult) {
        done += 1
        clear()
        let line = console.line(r, command: command(r))
        if isJSON { event(RunEvents.result(r, command: command(r))) } else { Console.error(line) }
    }
    /// Shows who runs; never asks to stop.
    func progress(_ running: [String]) -> Bool {
        guard showsProgress, !isJSON else { return true }
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
    func end() -> Int32 {
        clear()
        let status = console.outcome.exitCode
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
