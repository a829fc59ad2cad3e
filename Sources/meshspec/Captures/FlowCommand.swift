import Capture
import Node
import Records
import Report

extension Command {
    static let flow = Command(
        name: "flow", summary: "draw the messages of a capture as a sequence diagram", operands: "FILE ...",
        options: [
            Option(.output, short: "-o", value: "FORM", "text, svg or mermaid (default text)"), match,
            Option(.limit, value: "N", "draw the first N messages (default 500)"), layers, rules, keyLog, names,
            .color,
        ],
        examples: [
            ("meshspec flow capture.pcap", "one arrow per message"),
            ("meshspec flow -Y 'flow == 2' capture.pcap", "only one connection"),
            ("meshspec flow -o svg capture.pcap > ladder.svg", "a picture for a browser or a report"),
            ("meshspec flow -o mermaid capture.pcap", "for Markdown"),
        ],
        notes: filters + input + exits
    ) { invocation in
        let options = try reading(invocation, try files(invocation))
        let form = RecordLadder.Form(rawValue: try invocation.word(.output, ["text", "svg", "mermaid"])) ?? .text
        let limit = try invocation.number(.limit, 1...100_000) ?? 500
        let style = try Console.style(invocation, descriptor: 1)
        var ladder = RecordLadder(
            options.filter, limit: limit, showsLayers: options.showsLayers, names: options.names)
        var (output, diagnostics) = (Output(1), Output(2, of: "flow"))
        let read = readCapture(options.paths, options.reading, into: &ladder, &diagnostics)
        if read.status < ExitCode.usage {
            output.append { ladder.write(form, style, to: &$0) }
            if ladder.count == 0 {
                diagnostics.append(
                    "meshspec: none of \(read.tally.records) messages is selected: there is nothing to draw\n")
            }
        }
        return finished(read.status, &output, &diagnostics)
    }
}
