import Capture
import Node
import Report

/// Writes the messages of a capture and returns the exit status. 0: read to the end. 1: damaged (the file ends early,
/// or bytes of a conversation are missing). 2: a rule names an unknown protocol. 4: the capture cannot be read. With a
/// monitor, the exit status is its verdict.
func decode(
    _ options: DecodeOptions, output: inout Output, diagnostics: inout Output
) -> Int32 {
    var sink = MonitorSink(options, output)
    // The user watches the output, or packets arrive during a capture.
    sink.writer.isPrompt = output.isTerminal || options.paths.contains("-")
    let reading = readCapture(options.paths, options.reading, into: &sink, &diagnostics)
    let (status, tally) = (reading.status, reading.tally)
    if status < ExitCode.usage { sink.writer.finish() }
    output = sink.writer.output
    diagnostics.append(sink.writer.notes)
    if options.monitor != nil {
        return finished(sink.concluded(status, tally, &diagnostics), &output, &diagnostics, isVerdict: true)
    }
    if status < ExitCode.usage, tally.records == 0, output.isOpen {
        diagnostics.append("meshspec: no message of a known protocol in \(tally.packets) packets; \(advice(tally))\n")
    } else if status < ExitCode.usage, sink.writer.count == 0, options.filter == nil, output.isOpen {
        diagnostics.append("meshspec: all \(tally.records) messages belong to layers: `--layers` shows them\n")
    } else if status < ExitCode.usage, sink.writer.count == 0, output.isOpen {
        diagnostics.append("meshspec: none of \(tally.records) messages matches the filter\n")
    }
    if status < ExitCode.usage, tally.records > 0, let unread = unread(tally), output.isOpen {
        diagnostics.append("meshspec: \(unread)\n")
    }
    return finished(status, &output, &diagnostics)
}
/// Returns advice about a capture without a known protocol.
private func advice(_ tally: Tally) -> String {
    unread(tally) ?? "-d tcp.port==PORT,PROTOCOL names the protocol of a port"
}
/// Returns the UDP datagrams and tunnels that are recognized but not decoded; nil if there are none.
private func unread(_ tally: Tally) -> String? {
    let all =
        tally.unreadDatagrams.map { "\($0.count) UDP datagrams are \($0.name), \($0.why)" }
        + tally.unreadTunnels.map { "\($0.count) packets are \($0.name), \($0.why)" }
    return all.isEmpty ? nil : all.joined(separator: "; ")
}
