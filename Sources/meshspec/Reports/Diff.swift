import Report
import Scenario
import Text

extension Command {
    static let diff = Command(
        name: "diff", summary: "compare two runs by case and requirement, or two captures by message and field",
        operands: "A B",
        options: [
            .json,
            Option(
                .ignore, value: "FIELD", repeatable: true,
                "captures: field that may differ, such as response.salt"),
            Option(
                .allFields, "captures: compare also fields that are random by description, such as masks and cookies"),
            Option(.layers, "captures: compare the frames of layers too, such as WebSocket frames"), match, rules,
            .color,
        ],
        examples: [
            ("meshspec diff before.jsonl after.jsonl", "what broke, what was fixed, what changed"),
            ("meshspec diff --json before.jsonl after.jsonl", "the same as JSON"),
            ("meshspec diff a.pcap b.pcap", "messages that differ, field by field"),
            ("meshspec diff --ignore timestamp a.pcap b.pcap", "ignore a field that may differ"),
            ("meshspec diff a.pcap#4 a.pcap#11", "two messages by their numbers"),
        ],
        notes: """
            A and B are written by `run --report json=FILE` and by `run --json`; Spec/results.md has the events of --json.
            Captures (pcap, pcapng, gzip) are recognized by their first bytes. Connections that share most messages are
            compared, each direction by itself, and messages are paired by their content. So a lost message does not
            shift the others. Fields that are random by description, such as masks, cookies and nonces, are compared
            only with --all-fields, and between two single messages. -Y and -d are for captures, as in decode.
            Exit status: 0 no difference, 1 a difference, 2 usage, 3 a file has no results, or results of a later
            meshspec, 4 a file cannot be read or is cut short (its readable part is compared).
            """,
        body: DiffCommand.run)
}

/// `meshspec diff`.
enum DiffCommand {
    static func run(_ invocation: Invocation) throws -> Int32 {
        guard invocation.operands.count == 2 else {
            throw CommandError(
                invocation.operands.count < 2 ? .missingArgument : .extraArgument, "which two results?",
                remedy: "give two results files, or two captures")
        }
        if let status = try CaptureDiff.run(invocation) { return status }
        for option in [.ignore, .allFields, .layers, .match, .decodeAs] as [OptionName] where invocation.has(option) {
            throw CommandError(.notApplicable, at: option, "this is for captures, not for results")
        }
        let isJSON = invocation.has(.json)
        let style = try Console.style(invocation, descriptor: isJSON ? 2 : 1)
        var outlines: [RunOutline] = []
        var isCut = false
        for path in invocation.operands {
            let (outline, cut) = try read(path)
            outlines.append(outline)
            guard let cut else { continue }
            isCut = true
            Console.report(
                CommandError(
                    .invalidFile, at: path, "the file is cut short: \(cut)",
                    remedy: "the other cases are shown as missing"), "diff")
        }
        let difference = RunDifference(outlines[0], outlines[1])
        let status = isCut ? ExitCode.environment : difference.isEmpty ? ExitCode.good : ExitCode.failed
        var out: [UInt8] = []
        if isJSON {
            for e in difference.events(exit: status) { out += RunEvents.line(e) }
        } else {
            for (name, (path, o)) in zip(["A", "B"], zip(invocation.operands, outlines)) {
                for line in style.fold(
                    "\(name)  \(style.safe(path))  \(style.safe(o.head.target))  seed \(o.head.seedText)")
                {
                    out += Array((line + "\n").utf8)
                }
            }
            out.append(0x0a)
            for line in difference.lines(style) { out += Array((line + "\n").utf8) }
        }
        try Console.print(out)
        return status
    }
    /// Returns the outline of a results file, and the reason why it is incomplete; nil if it is complete.
    static func read(_ path: String) throws(CommandError) -> (RunOutline, String?) {
        let file = try ResultsFile(path)
        var outline = RunOutline(try file.head())
        var lines = 0
        var counted: Int?
        let cut = try file.read { event in
            switch event {
            case .record(let r):
                lines += 1
                outline.add(r)
            case .summary(let s): counted = s.cases
            default: break
            }
        }
        if cut == nil, let counted, counted > lines {
            return (outline, "it has \(lines) of the \(counted) cases that its summary counts")
        }
        return (outline, cut)
    }
}
