import Network
import Node
import Report
import Scenario
import Text
import Wire

/// `meshspec vectors PROTOCOL --exec CMD`: judges a codec by vectors, with the reports of `meshspec run`.
final class VectorRun {
    private let command: String
    private let vectors: [ProtocolVector]
    private let requirements: RequirementList
    private let sources: [String: SourceFile]
    private let codec: Codec
    private let interrupts = Interrupts()
    private let reports: Reports
    private let isQuiet: Bool
    private var output: RunOutput
    private let style: Style
    private var console: RunConsole
    private let clock = MonotonicClock()
    /// The words of a command for the same codec, to which a selection can be added.
    private let again: [String]

    init(
        _ invocation: Invocation, command: String, definition: Definition, suite: Suite,
        vectors: [ProtocolVector]
    ) throws {
        self.command = command
        self.vectors = vectors
        requirements = suite.requirements(definition.name)
        sources = suite.sources
        let timeout = try invocation.duration(.timeout, "10s", isPositive: true) ?? .seconds(10)
        codec = Codec(command, definition.name, timeout: timeout, interrupts)
        isQuiet = invocation.has(.quiet)
        reports = try Reports(invocation, isOutputTaken: invocation.has(.json))
        output = RunOutput(invocation, reports)
        style = try Console.style(invocation, descriptor: output.people)
        console = RunConsole(style, requirements, ids: vectors.map(\.id))
        again =
            ["meshspec", "vectors", definition.name] + invocation.words([.exec, .timeout, .spec], flags: [])
    }
    /// Judges all vectors and returns the exit status.
    func run() throws -> Int32 {
        try reports.open()
        var about = Set(vectors.flatMap(\.vector.requirements))
        let head = RunHead(
            program: Version.current, target: command, seed: 0, cases: vectors.count, started: Day.now,
            requirements: RequirementList(requirements.all.filter { about.remove($0.id) != nil }))
        reports.begin([head])
        if output.isJSON { write(RunEvents.line(RunEvents.start(head))) }
        let count = "\(vectors.count) vector\(vectors.count == 1 ? "" : "s")"
        style.fold("meshspec \(Version.current)  codec \(style.safe(command))  \(count)").forEach(tell)
        let judge = VectorJudge(codec: codec)
        var cutShort: String?
        for v in vectors {
            let began = clock.now
            let finding: VectorFinding
            if let end = codec.end {
                finding = VectorFinding(.notRun, end)
            } else {
                finding = judge.judge(v)
            }
            if finding.verdict == .notRun { cutShort = finding.reason }
            take(record(v, finding, clock.now - began))
        }
        return try end(cutShort)
    }
    private func record(_ v: ProtocolVector, _ found: VectorFinding, _ duration: Duration) -> CaseRecord {
        let (requirement, level) = v.requirement(requirements)
        let verdict = found.verdict == .fail ? level.verdict : found.verdict
        let isGood = verdict == .pass || verdict == .skip || verdict == .notRun
        let source = sources[v.vector.file] ?? SourceFile(name: v.vector.file, bytes: [])
        let words = again + ["-k", "id:" + v.id]
        var out = CaseRecord(
            id: v.id, title: v.title, protocolName: v.protocolName, v.vector, in: source, verdict: verdict,
            requirement: requirement, level: level, duration: duration, reason: found.reason,
            command: isGood ? "" : words.map(ShellText.word).joined(separator: " "))
        guard !isGood else { return out }
        let sent = found.sent ?? (verdict == .error && v.vector.function == nil ? v.vector.bytes : nil)
        out.fail(
            v.vector, in: source, path: found.differences.first?.path ?? "",
            wanted: found.wanted.isEmpty ? found.differences.first?.wanted ?? "" : found.wanted,
            had: found.had.isEmpty ? found.differences.first?.had ?? "" : found.had,
            message: v.message ?? "", bytes: found.received ?? sent, isSent: found.received == nil,
            marked: found.marked, fields: found.differences.map { ($0.path, $0.had, $0.wanted) })
        return out
    }
    private func take(_ r: CaseRecord) {
        let heading = console.heading(r)
        let line = console.line(r)
        if output.isJSON { write(RunEvents.line(r)) }
        reports.add(r)
        guard !isQuiet else { return }
        if let heading { tell(heading) }
        tell(line)
    }
    private func end(_ cutShort: String?) throws(CommandError) -> Int32 {
        let status = interrupts.status ?? console.outcome.exitCode
        let elapsed = clock.now - Instant.zero
        let end = RunEnd(counts: console.outcome, exit: status, elapsed: elapsed, cutShort: cutShort)
        let failures = reports.end([end])
        if output.isJSON { write(RunEvents.line(RunEvents.summary(end, seed: 0))) }
        for line in console.details { tell(line) }
        tell("")
        if let cutShort { tell(style.safe(cutShort)) }
        if status == ExitCode.nothingMatched { tell("no vector was judged") }
        let command = again.map(ShellText.word).joined(separator: " ")
        if let line = console.next(report: failures.isEmpty ? reports.place : nil, again: command) { tell(line) }
        for line in console.summary(elapsed: elapsed) { tell(line) }
        for failure in failures { Console.report(failure, "vectors") }
        if let writeFailure = output.failure { throw CommandError.unwritten(nil, writeFailure) }
        return failures.isEmpty ? status : ExitCode.environment
    }
    private func tell(_ line: String) { output.tell(line) }
    private func write(_ event: [UInt8]) { output.write(event) }
}

extension ProtocolVector {
    /// A short description of the task of the codec.
    var title: String {
        if vector.function != nil { return vector.isAccepted ? "calls \(subject)" : "refuses a call of \(subject)" }
        return vector.isAccepted ? "decodes and encodes \(subject)" : "refuses bytes as \(subject)"
    }
}
