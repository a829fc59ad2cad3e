import Capture
import Node
import Records
import Report

extension Command {
    static let decode = Command(
        name: "decode", summary: "decode the messages of a capture", operands: "FILE ...",
        options: [
            pageForm, .json, match, count, write, layers, verify, monitor, checksums, rules, keyLog, names, time,
            threads, .color, .spec,
        ],
        examples: [
            ("meshspec decode capture.pcap", "one line per message"),
            (
                "meshspec decode -o tree -Y 'n == 2' capture.pcap",
                "the second message, each field with its byte offsets"
            ),
            ("meshspec decode -o hex -Y nano.keepalive capture.pcap", "the bytes, each labelled with its field"),
            ("meshspec decode -c 10 -t absolute capture.pcap", "the first ten messages, with date and time"),
            ("meshspec decode --monitor capture.pcap", "violations and warnings, and a verdict"),
            ("meshspec decode -o fields=time,src,message,response.node_id capture.pcap", "columns, separated by tabs"),
            ("meshspec decode -o fields-csv=n,message,length capture.pcap", "the same as CSV"),
            (
                "meshspec decode -o html capture.pcap > capture.html",
                "a page for a browser: list, fields and bytes, with filters"
            ),
            ("meshspec decode -o pcapng capture.pcap > out.pcapng", "for Wireshark: messages as comments of packets"),
            ("meshspec decode -w out.pcapng -Y nano.publish capture.pcap", "the original packets of these messages"),
            ("meshspec decode a.pcapng.gz b.pcap", "several files, merged by time"),
            ("tcpdump -w - port 7075 | meshspec decode -o json -", "JSON from a pipe"),
        ],
        notes: filters + writing + input + exits + "\n" + monitorNotes
    ) { invocation in
        let paths = try files(invocation)
        let forms = ["line", "tree", "json", "hex", "html", "pcapng"] + (invocation.has(.monitor) ? ["none"] : [])
        guard var options = try records(invocation, paths, forms) else { return ExitCode.usage }
        options.limit = try invocation.number(.count, 1...Int.max)
        if options.limit != nil, invocation.has(.monitor) {
            throw CommandError.conflict(.count, .monitor, "a verdict needs all messages")
        }
        try addMonitor(invocation, &options)
        // Use one thread if the output depends on the earlier records.
        let isOneByOne = options.limit != nil || options.time == .delta || options.form == .html
        options.threads = isOneByOne ? 1 : try threads(invocation)
        if let path = invocation[.write] {
            guard try invocation.form() == nil, !invocation.has(.monitor) else {
                throw CommandError(
                    .conflict, at: .write, "this writes packets",
                    remedy: "leave out --output, --json and --monitor, which show messages")
            }
            guard !paths.contains("-") else {
                throw CommandError(
                    .wrongFile, at: .write, "the capture is read twice, because it can contain keys",
                    remedy: "give a file, not a pipe")
            }
            return try PacketFile(path, of: paths).write(options)
        }
        var output = Output(1)
        var diagnostics = Output(2, of: "decode")
        return meshspec.decode(options, output: &output, diagnostics: &diagnostics)
    }

    static let write = Option(
        .write, short: "-w", value: "FILE",
        "write the original packets of the messages to FILE, and show no messages")
    static let writing = """
        -w writes pcapng: all packets of the messages, with their comments, devices, names and keys. A comment gives the
        original frame number of each packet, `original frame 17`; frame.number of the new file is this number. Packets
        without a message, such as those that open a connection, are left out. The new file therefore lacks what is
        needed to decrypt a connection. A FILE.pcap is classic pcap, without comments.

        """
    static let wholeTables = Option(.all, "show all rows of each table and list, not only the first ones")
    static let partial = Option(.partial, "print the counts as one JSON object, for `meshspec merge`")

    static let stats = Command(
        name: "stats", summary: "count the packets, flows and messages of a capture", operands: "FILE ...",
        options: [
            Option(.output, short: "-o", value: "FORM", "table, json, or svg with --interval (default table)"),
            .json, partial,
            Option(.interval, value: "TIME", "count messages and bytes by type per interval, such as 1s"),
            Option(.answers, "show how long requests waited for their answers, by type"), wholeTables, match, verify,
            checksums, rules, keyLog, names, .color,
        ],
        examples: [
            ("meshspec stats capture.pcap", "packets, flows, messages by type, and problems"),
            ("meshspec stats -Y 'src == 10.0.0.2' capture.pcap", "only messages that one node sent"),
            ("meshspec stats -o json capture.pcap", "the same as JSON"),
            ("meshspec stats --all capture.pcap", "all peers, connections, failures and unknown protocols"),
            ("meshspec stats --answers capture.pcap", "requests by type, without answer, and the times to answers"),
            (
                "meshspec stats --interval 1s -o svg capture.pcap > rate.svg",
                "a plot of messages and bytes by type over time"
            ),
            (
                "meshspec stats --partial part-001.pcapng > 1.json",
                "counts of one part; `meshspec merge` adds them up"
            ),
        ],
        notes: """
            `stats` counts the same notes as `decode`. It looks for repeated messages only with -Y or --verify.
            `failed` lists connections that were refused, not answered or reset, and the ones that ended or fell silent
            in a handshake. -Y does not affect it. Lists of -o json have at most 100 rows without --all; `omitted`
            counts the rest.
            """ + "\n\n" + input + exits
    ) { invocation in
        var options = try reading(invocation, try files(invocation))
        let width = try invocation.duration(.interval, "1s", isPositive: true)
        // Look for repeated messages only if a filter may ask for them.
        if options.reading.scrutiny == .state, options.filter == nil { options.reading.scrutiny = .faults }
        var output = Output(1)
        var diagnostics = Output(2, of: "stats")
        if invocation.has(.answers) {
            if invocation.has(.partial) { throw CommandError.conflict(.partial, .answers) }
            if width != nil { throw CommandError.conflict(.interval, .answers) }
            return answerTimes(
                options, try StatsForm(invocation), all: invocation.has(.all), output: &output,
                diagnostics: &diagnostics)
        }
        guard let width else {
            return meshspec.stats(
                options, try StatsForm(invocation), all: invocation.has(.all), output: &output,
                diagnostics: &diagnostics)
        }
        if invocation.has(.partial) { throw CommandError.conflict(.partial, .interval) }
        let words = IntervalForm.allCases.map(\.rawValue)
        let word = try invocation.form().map { try Invocation.word(.output, $0, words) }
        return intervals(
            options, width, word.flatMap { IntervalForm(rawValue: $0) } ?? .table, all: invocation.has(.all),
            output: &output, diagnostics: &diagnostics)
    }
}
