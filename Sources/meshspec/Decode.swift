import Capture
import Node
import Report

/// What `decode` is asked for.
struct DecodeOptions {
    enum Form: String, CaseIterable {
        case line
        case tree
        case json
    }
    /// A file, or `-` for standard input.
    var path: String
    var form = Form.line
    /// From `-d tcp.port==17075,nano`.
    var rules: [DecodeAs] = []
    var colour = false
}

/// Writes the messages of a capture. Returns the exit status: 0 read to the end, 1 read but damaged (the file ends
/// early, or bytes of a conversation are missing), 2 a rule names no protocol, 4 cannot be read.
func decode(
    _ options: DecodeOptions, definitions: [Definition], output: inout Output, diagnostics: inout Output
) -> Int32 {
    var sink: RecordWriter
    switch options.form {
    case .line: sink = RecordWriter(LineRenderer(definitions, colour: options.colour), output)
    case .tree: sink = RecordWriter(TreeRenderer(colour: options.colour), output)
    case .json: sink = RecordWriter(JSONRenderer(), output)
    }
    // Somebody watches, or packets come as they are captured.
    sink.isPrompt = output.isTerminal || options.path == "-"
    var tally = Tally()
    let status = readCapture(options.path, options.rules, definitions, into: &sink, &tally, &diagnostics)
    output = sink.output
    output.flush()
    if status < ExitCode.usage, tally.records == 0, output.isOpen {
        diagnostics.append(
            "meshspec: no message of a known protocol in \(tally.packets) packets; "
                + "-d tcp.port==PORT,PROTOCOL names the protocol of a port\n")
    }
    return finished(status, output, &diagnostics)
}

/// Reads a capture into a sink, and tells what was wrong with it.
func readCapture(
    _ path: String, _ rules: [DecodeAs], _ definitions: [Definition], into sink: inout some RecordSink,
    _ tally: inout Tally, _ diagnostics: inout Output
) -> Int32 {
    for rule in rules where !definitions.contains(where: { $0.name == rule.protocolName }) {
        let known = definitions.map(\.name).sorted().joined(separator: ", ")
        diagnostics.append("meshspec: there is no protocol \"\(rule.protocolName)\"; there is \(known)\n")
        return 2
    }
    var status = ExitCode.good
    do throws(CaptureError) {
        var file = try PcapFile(path)
        var table = FlowTable(definitions, rules: rules)
        if let damage = table.read(&file, &sink) {
            diagnostics.append("meshspec: \(damage)\n")
            status = ExitCode.failed
        }
        tally = table.tally
        if tally.gaps > 0 {
            diagnostics.append(
                "meshspec: \(tally.gapBytes) bytes of the conversations are missing from the capture, in "
                    + "\(tally.gaps == 1 ? "1 place" : "\(tally.gaps) places")\n")
            status = ExitCode.failed
        }
    } catch {
        diagnostics.append("meshspec: \(error)\n")
        status = ExitCode.environment
    }
    return status
}

/// The exit status when all is written: a reader that went away is a clean end, a full disk is not.
func finished(_ status: Int32, _ output: Output, _ diagnostics: inout Output) -> Int32 {
    defer { diagnostics.flush() }
    switch output.end {
    case nil: return status
    case .closed: return ExitCode.good
    case .failed(let why):
        diagnostics.append("meshspec: cannot write: \(why)\n")
        return ExitCode.environment
    }
}

/// Renders records as they come.
private struct RecordWriter: RecordSink {
    var renderer: any RecordRenderer
    var output: Output
    /// Every record is written at once.
    var isPrompt = false
    var isOpen: Bool { output.isOpen }

    init(_ renderer: any RecordRenderer, _ output: Output) {
        self.renderer = renderer
        self.output = output
    }
    mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        guard isOpen else { return }
        var text: [UInt8] = []
        renderer.render(record, bytes, to: &text)
        output.append { $0 += text }
        if isPrompt { output.flush() }
    }
}
