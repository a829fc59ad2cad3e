import Capture
import Node
import Recording
import Scenario

extension Command {
    static let subject = Option(
        .as, value: "dut=ADDR[:PORT]", repeatable: true,
        "address of the node under test; repeat it for further addresses of the same node")
    static let oneFlow = Option(.flow, value: "N", "use only connection N, numbered as in decode -o json")
    static let longestWait = Option(
        .maxWait, value: "TIME",
        "cut each pause before a sent message to at most TIME (default: 60m each, 24 hours in all)")

    static let record = Command(
        name: "record", summary: "make a scenario from a capture", operands: "FILE ...",
        options: [
            subject, Option(.output, short: "-o", value: "OUT.yaml", "file to write (default standard output)"),
            oneFlow, Option(.id, value: "ID", "name of the case (default PROTOCOL.recorded.FILE)"), longestWait,
            match,
            rules, keyLog, .spec,
        ],
        examples: [
            ("meshspec record capture.pcap --as dut=10.0.0.2 -o case.yaml", "10.0.0.2 becomes the node under test"),
            ("meshspec record capture.pcap --as dut=127.0.0.1:7075 --flow 2", "one connection, to standard output"),
            ("meshspec run case.yaml --simulate", "the next step"),
        ],
        notes: """
            Messages of the node become `expect`, messages of its peers become `send`. Cookies, salts and keys get new
            values. A value of the node that its peers repeat is kept with `$save`. Our signatures are made again; those
            of the node are verified. `defaults` handles the messages that the node sends on its own. A comment marks
            what a step cannot express, and `record` reports it. The file names the profile and parameters that fit the
            capture, and each place where the reference node behaves differently and is expected to fail.
            Without --max-wait, record cuts pauses to 60m each and 24 hours in all, and reports the number of cuts.

            """ + filters + input
                + """
                Exit status: 0 written, 1 written from a damaged capture, 2 usage, 3 the scenario would be invalid or too long,
                4 cannot be read or written, 5 the capture has no message from that address.
                """
    ) { invocation in
        let paths = try files(invocation)
        var asked = try RecordedCapture.Question(invocation)
        asked.boundPauses()
        var made = try RecordedCapture.read(paths, asked, of: "record")
        made.tellLosses("record")
        let target = invocation[.output].flatMap { $0 == "-" ? nil : $0 }
        let suite = RecordedCapture.suite(invocation)
        made.recording = try RecordTrial.tried(made, suite, target ?? "standard output")
        if let why = made.recording.recorded.skip {
            Console.error("meshspec record: the case is skipped: \(Printable.text(why))")
        }
        for d in made.recording.recorded.differences {
            Console.error("meshspec record: the reference node behaves differently: \(Printable.text(d.note))")
        }
        func write(_ output: inout Output) throws(CommandError) {
            try made.write(to: &output, suite.library, target ?? "standard output")
        }
        guard let target else {
            var output = Output(1)
            try write(&output)
            if case .failed(let why)? = output.end { throw CommandError.unwritten(nil, why) }
            return made.status
        }
        if let why = try Files.write(to: target, write) { throw CommandError.unwritten(target, why) }
        let shown = Printable.text(target)
        Console.error("wrote \(shown); to run it against the reference node: meshspec run \(shown) --simulate")
        return made.status
    }
}
