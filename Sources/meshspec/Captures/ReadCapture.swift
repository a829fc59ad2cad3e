import CLinux
import Capture
import Node
import Report
import Scenario

/// True when every rule names a protocol; otherwise says which does not.
func areKnown(_ rules: [DecodeAs], _ definitions: [Definition], _ diagnostics: inout Output) -> Bool {
    for rule in rules where !definitions.contains(where: { $0.name == rule.protocolName }) {
        let known = definitions.map(\.name).sorted().joined(separator: ", ")
        diagnostics.append("meshspec: there is no protocol \"\(rule.protocolName)\"; there is \(known)\n")
        return false
    }
    return true
}

/// Reads captures into a sink, and tells what was wrong with them.
func readCapture(
    _ paths: [String], _ rules: [DecodeAs], _ definitions: [Definition], scrutiny: Scrutiny = .state,
    limits: CaptureLimits = CaptureLimits(), into sink: inout some RecordSink, _ tally: inout Tally,
    _ diagnostics: inout Output
) -> Int32 {
    var captures: [CaptureInformation] = []
    return readCapture(
        paths, rules, definitions, scrutiny: scrutiny, limits: limits, into: &sink, &tally, &diagnostics,
        about: &captures)
}
/// The same; `captures` becomes what the files say of themselves.
func readCapture(
    _ paths: [String], _ rules: [DecodeAs], _ definitions: [Definition], scrutiny: Scrutiny = .state,
    limits: CaptureLimits = CaptureLimits(), into sink: inout some RecordSink, _ tally: inout Tally,
    _ diagnostics: inout Output, about captures: inout [CaptureInformation]
) -> Int32 {
    guard areKnown(rules, definitions, &diagnostics) else { return ExitCode.usage }
    linux_keep_heap()
    var status = ExitCode.good
    do throws(CaptureError) {
        var files = try CaptureFiles(paths)
        var table = FlowTable(definitions, rules: rules, limits: limits, scrutiny: scrutiny)
        if let damage = table.read(&files, &sink) {
            diagnostics.append("meshspec: \(damage)\n")
            status = ExitCode.failed
        }
        tally = table.tally
        if isIncomplete(tally, &diagnostics) { status = ExitCode.failed }
        captures = files.information
        let dropped = captures.flatMap(\.interfaces).reduce(0 as UInt64) { $0 &+ ($1.dropped ?? 0) }
        tally.dropped = dropped
        if dropped > 0 {
            diagnostics.append("meshspec: \(dropped) packets were dropped while capturing, says the file\n")
        }
    } catch {
        diagnostics.append("meshspec: \(Printable.text("\(error)"))\n")
        status = ExitCode.environment
    }
    return status
}

/// Tells what a capture lacks, or what of it could not be kept or taken apart; true when messages may be missing.
func isIncomplete(_ tally: Tally, _ diagnostics: inout Output) -> Bool {
    func places(_ n: Int, _ one: String, _ more: String) -> String { n == 1 ? "1 \(one)" : "\(n) \(more)" }
    if tally.gaps > 0 {
        diagnostics.append(
            "meshspec: \(tally.gapBytes) bytes of the conversations are missing from the capture, in "
                + "\(places(tally.gaps, "place", "places"))\n")
    }
    if let link = tally.foreignLink {
        diagnostics.append(
            "meshspec: \(places(tally.foreignPackets, "packet", "packets")) of link types that cannot be taken apart, "
                + "such as \(link)\n")
    }
    if tally.lostFragmentedPackets > 0 {
        diagnostics.append(
            "meshspec: \(places(tally.lostFragmentedPackets, "IP packet", "IP packets")) of which fragments are missing\n"
        )
    }
    return tally.gaps > 0 || tally.flowsGivenUp > 0 || tally.foreignPackets > 0 || tally.lostFragmentedPackets > 0
}
