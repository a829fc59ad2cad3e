import Capture
import Node
import Report

extension Command {
    static let decode = Command(
        name: "decode", summary: "decode the messages of a capture", operands: "FILE ...",
        options: [
            pageForm, .json, match, count, write, layers, verify, monitor, checksums, rules, keyLog, names, time,
            threads, .color, .spec,
        ],
        examples: [
            ("meshspec decode capture.pcap", "one line a message"),
            ("meshspec decode -o tree -Y 'n == 2' capture.pcap", "the second message, every field with its place"),
            ("meshspec decode -o hex -Y nano.keepalive capture.pcap", "bytes, each with the field that it is of"),
            ("meshspec decode -c 10 -t absolute capture.pcap", "the first ten, with date and time"),
            ("meshspec decode --monitor capture.pcap", "what breaks a rule, and a verdict"),
            ("meshspec decode -o fields=time,src,message,response.node_id capture.pcap", "columns, separated by tabs"),
            ("meshspec decode -o fields-csv=n,message,length capture.pcap", "the same as CSV"),
            (
                "meshspec decode -o html capture.pcap > capture.html",
                "a page for a browser: list, fields and bytes, with filters"
            ),
            ("meshspec decode -o pcapng capture.pcap > told.pcapng", "for Wireshark: messages as comments of packets"),
            ("meshspec decode -w told.pcapng -Y nano.publish capture.pcap", "the packets of these, as they were"),
            ("meshspec decode a.pcapng.gz b.pcap", "several as one, in the order of time"),
            ("tcpdump -w - port 7075 | meshspec decode -o json -", "JSON from a pipe"),
        ],
        notes: filters + writing + input + exits + "\n" + monitorNotes
    ) { invocation in
        let paths = try files(invocation)
        let forms = ["line", "tree", "json", "hex", "html", "pcapng"] + (invocation.has("--monitor") ? ["none"] : [])
        guard var options = try records(invocation, paths, forms) else { return ExitCode.usage }
        options.limit = try invocation.number("--count", 1...Int.max)
        if options.limit != nil, invocation.has("--monitor") {
            throw UsageError("`--count` does not go with `--monitor`: a verdict is on all messages")
        }
        try addMonitor(invocation, &options)
        // Use one thread if the output depends on the earlier records.
        let isOneByOne = options.limit != nil || options.time == .delta || options.form == .html
        options.threads = isOneByOne ? 1 : try threads(invocation)
        if let path = invocation["--write"] {
            guard try invocation.form() == nil, !invocation.has("--monitor") else {
                throw UsageError("`--write` writes packets: `--output`, `--json` and `--monitor` are for messages")
            }
            guard !paths.contains("-") else {
                throw UsageError("`--write` reads the capture twice, for keys that stand in it: a pipe cannot be")
            }
            return try PacketFile(path, of: paths).write(options)
        }
        var output = Output(1)
        var diagnostics = Output(2)
        return meshspec.decode(options, output: &output, diagnostics: &diagnostics)
    }

    static let write = Option(
        "--write", short: "-w", value: "FILE", "the packets of the messages, as they were, instead of the messages")
    static let writing = """
        -w writes pcapng: all packets that a message came in, with what the file says of them, of their devices, of names and keys.
        Each has its frame number as a comment, `original frame 17`: that is what frame.number of such a file tells. Packets without
        a message, such as those that open a connection, are left out; without them nothing encrypted can be read. A FILE.pcap is classic
        pcap, without comments.

        """
    static let partial = Option("--partial", "counts that add up, one JSON object: for `meshspec merge`")

    static let stats = Command(
        name: "stats", summary: "count what a capture holds", operands: "FILE ...",
        options: [
            Option("--output", short: "-o", value: "FORM", "table or json, with --interval svg too (default table)"),
            .json, partial, Option("--interval", value: "TIME", "messages and bytes of each interval, such as 1s"),
            match, verify, checksums, rules, keyLog, names, .color,
        ],
        examples: [
            ("meshspec stats capture.pcap", "packets, flows, messages by type, what was wrong"),
            ("meshspec stats -Y 'src == 10.0.0.2' capture.pcap", "of the messages that one node sent"),
            ("meshspec stats -o json capture.pcap", "the same for a program"),
            (
                "meshspec stats --interval 1s -o svg capture.pcap > rate.svg",
                "messages and bytes over time, as a picture"
            ),
            (
                "meshspec stats --partial part-001.pcapng > 1.json",
                "of a part of a capture: `meshspec merge` adds them up"
            ),
        ],
        notes: """
            Notes are those of `decode`, but for messages that were said before: these are only looked for with -Y or --verify.
            """ + "\n\n" + input + exits
    ) { invocation in
        var options = try reading(invocation, try files(invocation))
        let width = try invocation.duration("--interval", "1s", isPositive: true)
        // Look for repeated messages only if a filter may ask for them.
        if options.reading.scrutiny == .state, options.filter == nil { options.reading.scrutiny = .faults }
        var output = Output(1)
        var diagnostics = Output(2)
        guard let width else {
            return meshspec.stats(
                options, try StatsForm(invocation), output: &output, diagnostics: &diagnostics)
        }
        if invocation.has("--partial") { throw UsageError("`--partial` does not go with `--interval`") }
        let words = IntervalForm.allCases.map(\.rawValue)
        let word = try invocation.form().map { try Invocation.word("--output", $0, words) }
        return intervals(
            options, width, word.flatMap { IntervalForm(rawValue: $0) } ?? .table, output: &output,
            diagnostics: &diagnostics)
    }
}
