import Capture
import Network
import Node
import Recording
import Report
import Scenario
import Text

extension Command {
    static let replay = Command(
        name: "replay", summary: "play one side of a capture against a node, and show where it first differs",
        operands: "FILE ...",
        options: [
            subject,
            Option(
                .target, short: "-t", value: "HOST:PORT|FILE",
                "address of the node, or its target file (default: the reference node)"),
            Option(.listen, value: "HOST:PORT", "where we accept the connections that the node opens"),
            oneFlow, longestWait, match, rules, keyLog,
            Option(.profile, value: "NAME", "profile (default: as in the capture)"),
            Option(
                .param, short: "-P", value: "NAME=VALUE", repeatable: true,
                "a parameter of the protocol (default: as in the capture)"),
            Option(.seed, value: "N", "seed of all random values"), Option(.simulate, "run in virtual time"),
            Option(.bug, value: "NAME", "give the reference node a seeded fault"),
            Option(.slack, value: "TIME", "lateness of the harness itself that is accepted (default 100ms)"),
            Option(.timeScale, value: "X", "multiply all deadlines by X, for slow machines"), .spec,
            .color,
        ],
        examples: [
            ("meshspec replay capture.pcap --as dut=10.0.0.2 --target 127.0.0.1:7075", "your node takes its place"),
            ("meshspec replay capture.pcap --as dut=127.0.0.1:7075 --simulate", "the reference node, in virtual time"),
        ],
        notes: """
            `replay` makes a scenario from the capture like `record`, with new random values and signatures, and runs it.
            Without --max-wait, replay cuts pauses to 60m each and 24 hours in all, and reports the number of cuts.
            Exit status: 0 no divergence, 1 a divergence, 2 usage, 3 no scenario can be made from the capture, 4 the
            node cannot be reached or a file cannot be read, 5 the capture has no message from that address or cannot be
            played, 6 the result is inconclusive.
            """
    ) { invocation in
        try ReplayCommand.run(invocation)
    }
}

/// `meshspec replay`.
enum ReplayCommand {
    static func run(_ invocation: Invocation) throws -> Int32 {
        let style = try Console.style(invocation, descriptor: 1)
        let seed = try invocation.seed ?? Invocation.newSeed
        var asked = try RecordedCapture.Question(invocation)
        asked.boundPauses()
        let paths = try Command.files(invocation)
        let slack = try invocation.slack
        let scale = try invocation.timeScale
        let made = try RecordedCapture.read(paths, asked, of: "replay")
        _ = try invocation.name(.bug, of: "bug", made.definition.reference.bugs.map(\.name))
        made.tellLosses("replay")
        let suite = RecordedCapture.suite(invocation)
        let name = "scenario of \(made.name)"
        let scenario = try made.scenario(suite.library, name)
        let interrupts = Interrupts()
        let chosen = try ChosenTarget(
            invocation, cases: Cases(suite: suite, scenarios: [scenario]), definition: made.definition,
            interrupts: interrupts)
        defer { chosen.stop() }
        chosen.settings = try settings(invocation, chosen.settings, made)
        var options = RunOptions(
            subject: chosen.subject, settings: chosen.settings, lacks: chosen.lacks,
            seed: seed,
            slack: slack)
        options.timeScale = scale
        options.declared = chosen.capabilities.declared
        options.keepsEvidence = true
        var result: CaseResult?
        let runner = Runner(made.definition, suite.requirements(made.definition.name), options)
        try runner.run(
            Schedule(scenario.cases), jobs: 1, isSimulated: invocation.has(.simulate),
            progress: { _ in interrupts.status == nil }, { result = $0 })
        if let status = interrupts.status { return status }
        guard let result else { return ExitCode.environment }
        return try told(result, from: made, against: chosen, command: command(invocation, seed), in: style)
    }
    /// Returns the settings of the capture, except for the values that the user has given.
    private static func settings(
        _ invocation: Invocation, _ chosen: Settings, _ made: RecordedCapture
    ) throws(CommandError) -> Settings {
        // A target file has the settings of its node.
        if let target = invocation[.target], Files.kind(target) == .file { return chosen }
        var out = chosen
        if !invocation.has(.profile) { out.profile = made.recording.settings.profile }
        let given = try invocation.pairs(.param)
        for (name, value) in made.recording.settings.values where given[name] == nil { out.values[name] = value }
        return out
    }
    /// Returns the command that repeats the replay.
    private static func command(_ invocation: Invocation, _ seed: UInt64) -> String {
        var words = ["meshspec", "replay"] + invocation.operands.map(ShellText.word)
        words += invocation.words(
            [
                .as, .target, .listen, .flow, .match, .decodeAs, .maxWait, .profile,
                .param, .bug, .slack, .timeScale, .spec,
            ], flags: [.simulate]
        ).map(ShellText.word)
        return (words + ["--seed", "0x" + String(seed, radix: 16)]).joined(separator: " ")
    }
    private static func told(
        _ result: CaseResult, from made: RecordedCapture, against chosen: ChosenTarget, command: String, in style: Style
    ) throws(CommandError) -> Int32 {
        let title = "\(made.name) against \(chosen.title)"
        let status: Int32
        switch result.verdict {
        case .none, .pass, .warn:
            let messages = made.recording.origins.values.count { $0.number > 0 }
            let count = messages == 1 ? "1 message" : "\(messages) messages"
            return try Console.print("\(style.safe(title)): \(count), no divergence")
        case .skip, .notRun:
            throw CommandError(
                .nothingSelected, "the capture cannot be played: \(result.reason ?? "it was not run")")
        case .error: status = ExitCode.environment
        case .inconc: status = ExitCode.inconclusive
        case .fail: status = ExitCode.failed
        }
        let record = CaseRecord(result, content: "", command: command)
        let lines = DivergenceBlock(record, made.recording, capture: made.name, made.definition).lines(style)
        try Console.print(lines.joined(separator: "\n"))
        return status
    }
}
