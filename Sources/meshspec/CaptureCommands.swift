import Capture
import Report

extension Command {
    static let rules = Option(
        "--decode-as", short: "-d", value: "RULE", repeatable: true, "protocol of a port: tcp.port==17075,nano")

    private static let input =
        "FILE is pcap or pcapng, plain or packed with gzip; `-` is standard input. Several are merged by time.\n"
    private static let exits = "Exit status: 0 read to the end, 1 read but damaged, 2 usage, 4 cannot be read."

    static let decode = Command(
        name: "decode", summary: "decode the messages of a capture", operands: "FILE ...",
        options: [
            Option("--output", short: "-o", value: "FORM", "line, tree or json (default line)"), rules, .color,
        ],
        examples: [
            ("meshspec decode capture.pcap", "one line a message"),
            ("meshspec decode -o tree capture.pcap", "every field with its bytes"),
            ("meshspec decode a.pcapng.gz b.pcap", "several as one, in the order of time"),
            ("tcpdump -w - port 7075 | meshspec decode -o json -", "JSON from a pipe"),
        ],
        notes: input + exits
    ) { invocation throws(UsageError) in
        var options = DecodeOptions(path: "-")
        options.paths = try files(invocation)
        options.form = DecodeOptions.Form(rawValue: try invocation.word("--output", ["line", "tree", "json"])) ?? .line
        options.rules = try decodeAs(invocation)
        options.colour = try Console.style(invocation, descriptor: 1).hasColour
        var output = Output(1)
        var diagnostics = Output(2)
        return meshspec.decode(options, definitions: Registry.definitions, output: &output, diagnostics: &diagnostics)
    }

    static let stats = Command(
        name: "stats", summary: "count what a capture holds", operands: "FILE ...",
        options: [Option("--output", short: "-o", value: "FORM", "table or json (default table)"), rules, .color],
        examples: [
            ("meshspec stats capture.pcap", "packets, flows, messages by type, what was wrong"),
            ("meshspec stats -o json capture.pcap", "the same for a program"),
        ],
        notes: input + exits
    ) { invocation throws(UsageError) in
        var options = StatsOptions(path: "-")
        options.paths = try files(invocation)
        options.form = StatsOptions.Form(rawValue: try invocation.word("--output", ["table", "json"])) ?? .table
        options.rules = try decodeAs(invocation)
        options.colour = try Console.style(invocation, descriptor: 1).hasColour
        var output = Output(1)
        var diagnostics = Output(2)
        return meshspec.stats(options, definitions: Registry.definitions, output: &output, diagnostics: &diagnostics)
    }
    private static func files(_ invocation: Invocation) throws(UsageError) -> [String] {
        guard !invocation.operands.isEmpty else { throw UsageError("which file? `-` is standard input") }
        guard invocation.operands.count(where: { $0 == "-" }) < 2 else { throw UsageError("`-` is given twice") }
        return invocation.operands
    }
    static func decodeAs(_ invocation: Invocation) throws(UsageError) -> [DecodeAs] {
        var out: [DecodeAs] = []
        for text in invocation.all("--decode-as") {
            do throws(DecodeAsError) { out.append(try DecodeAs(text)) } catch { throw UsageError("\(error)") }
        }
        return out
    }
}
