import Capture
import Glibc
import Node
import Records
import Report
import Scenario

extension Command {
    static let follow = Command(
        name: "follow", summary: "show all messages that one peer sent and received, across its connections",
        operands: "FILE ...",
        options: [
            Option(
                .peer, short: "-p", value: "WHO",
                "node or peer id or its first 8 digits, address, or address and port; without it, list connections"),
            form, match, layers, verify, checksums, rules, keyLog, names, threads, .color,
        ],
        examples: [
            ("meshspec follow capture.pcap", "list the connections with their node ids"),
            ("meshspec follow -p aebc0c99 capture.pcap", "all connections of the node with this id"),
            ("meshspec follow -p b1b1b1b1 hubs.pcap", "a peer: its connections, and messages elsewhere that name it"),
            ("meshspec follow -p 10.0.0.2 -o tree capture.pcap", "all messages of an address, with every field"),
        ],
        notes: filters + input + exits
    ) { invocation in
        let paths = try files(invocation)
        guard var options = try records(invocation, paths) else { return ExitCode.usage }
        options.threads = try threads(invocation)
        return try FollowCommand.run(options, who: invocation[.peer])
    }
}

/// `meshspec follow`: the first reading finds the connections, and the second one shows their messages.
enum FollowCommand {
    static func run(_ given: DecodeOptions, who: String?) throws(CommandError) -> Int32 {
        var options = given
        var (output, diagnostics) = (Output(1), Output(2, of: "follow"))
        // Standard input is copied to a temporary file, because it is read twice.
        var spool: Int32 = -1
        defer { if spool >= 0 { close(spool) } }
        if let i = options.paths.firstIndex(of: "-") {
            spool = try Files.spooled(0, "standard input")
            options.paths[i] = "/proc/self/fd/\(spool)"
        }
        let mentions = who.flatMap { PeerMentions($0, Registry.decoded) }
        var talks = Conversations(Registry.decoded, mentions: mentions)
        // The list of connections needs no signature checks.
        var survey = options.reading
        survey.scrutiny = .state
        var status = readCapture(options.paths, survey, into: &talks, &diagnostics).status
        guard status < ExitCode.usage else { return finished(status, &output, &diagnostics) }
        guard let who else {
            output.append { ConversationList.write(talks, options.names, to: &$0) }
            return finished(status, &output, &diagnostics)
        }
        guard let flows = talks.flows(of: who) else {
            diagnostics.flush()
            throw CommandError(
                .badValue, at: .peer,
                expected: "an address, or a node id (8 or more hexadecimal digits, its text, or a peer id of libp2p)",
                found: who)
        }
        if flows.isEmpty, talks.mentioning.isEmpty {
            diagnostics.append(
                "meshspec: no connection has \(Printable.text(who)); leave out --peer to list all connections\n")
            return finished(status, &output, &diagnostics)
        }
        var sink = FollowSink(
            RecordWriter(options, output), talks: talks, names: options.names, flows: flows, mentions: mentions)
        // The first reading has reported the problems of the capture.
        var repeated = Output(nil)
        status = max(status, readCapture(options.paths, options.reading, into: &sink, &repeated).status)
        sink.writer.finish()
        output = sink.writer.output
        diagnostics.append(sink.writer.notes)
        return finished(status, &output, &diagnostics)
    }
}

/// A filter that passes on the records of some connections, and records elsewhere that name a peer. In text for people,
/// a heading with the connection precedes its records.
private struct FollowSink: RecordSink {
    var writer: RecordWriter
    private let flows: Set<Int>
    private let mentions: PeerMentions?
    private let headings: [Int: String]
    private let hasHeadings: Bool
    private var current = 0

    init(
        _ writer: RecordWriter, talks: Conversations, names: AddressNames, flows: Set<Int>,
        mentions: PeerMentions?
    ) {
        (self.writer, self.flows, self.mentions) = (writer, flows, mentions)
        let shown = flows.union(talks.mentioning)
        hasHeadings =
            writer.renderer is LineRenderer || writer.renderer is TreeRenderer || writer.renderer is HexRenderer
        var headings: [Int: String] = [:]
        for t in talks.talks where shown.contains(t.flow) { headings[t.flow] = ConversationList.line(t, names) }
        self.headings = headings
    }
    var isOpen: Bool { writer.isOpen }
    var wantsAnswers: Bool { writer.wantsAnswers }
    var wantsPackets: Bool { writer.wantsPackets }
    mutating func packet(_ packet: borrowing Packet) { writer.packet(packet) }
    mutating func settled(flow: Int, waits: Bool) { writer.settled(flow: flow, waits: waits) }
    mutating func note(_ note: CaptureNote) { if note.flow.map(flows.contains) ?? true { writer.note(note) } }
    mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        guard flows.contains(record.flow) || mentions?.names(record, bytes) ?? false else { return }
        if hasHeadings, current != record.flow {
            current = record.flow
            writer.write("-- \(headings[current] ?? "flow \(current)")\n")
        }
        writer.record(record, bytes)
    }
}
