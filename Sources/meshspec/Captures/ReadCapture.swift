import CLinux
import Capture
import Node
import Records
import Report
import Scenario

/// Returns true if every rule names a known protocol. Otherwise it reports the first rule that does not.
func areKnown(_ rules: [DecodeAs], _ diagnostics: inout Output) -> Bool {
    for rule in rules where !Registry.decoded.contains(where: { $0.name == rule.protocolName }) {
        diagnostics.report(
            CommandError(
                .unknownProtocol, at: .decodeAs, no: "protocol", called: rule.protocolName,
                of: Registry.decoded.map(\.name).sorted()))
        return false
    }
    return true
}

/// The result of reading captures.
struct CaptureReading {
    var status = ExitCode.good
    var tally = Tally()
    /// The information in the files apart from packets.
    var captures: [CaptureInformation] = []
}

/// Reads captures into a sink and reports their problems.
func readCapture(
    _ paths: [String], _ options: ReadingOptions = ReadingOptions(), into sink: inout some RecordSink,
    _ diagnostics: inout Output
) -> CaptureReading {
    var reading = CaptureReading()
    guard areKnown(options.rules, &diagnostics) else {
        reading.status = ExitCode.usage
        return reading
    }
    linux_keep_heap()
    do throws(CaptureError) {
        var capture = try CaptureReader(paths, Registry.decoded, options)
        if let damage = capture.read(into: &sink) {
            diagnostics.report(damage.coded)
            reading.status = ExitCode.failed
        }
        reading.tally = capture.tally
        // A sink that ended early does not need the bytes that were not read.
        if sink.isOpen, isIncomplete(reading.tally, &diagnostics) { reading.status = ExitCode.failed }
        tell(reading.tally.checksums, &diagnostics)
        reading.captures = capture.information
        for complaint in reading.captures.flatMap(\.complaints) {
            diagnostics.append("meshspec: \(Printable.text(complaint))\n")
        }
        let dropped = reading.captures.flatMap(\.interfaces).reduce(0 as UInt64) { $0 &+ ($1.dropped ?? 0) }
        reading.tally.dropped = dropped
        tell(dropped: dropped, &diagnostics)
    } catch {
        diagnostics.report(error.coded)
        reading.status = ExitCode.environment
    }
    return reading
}
/// Reports checksums if packets were skipped because of them, or if they could not be checked.
func tell(_ checksums: ChecksumCounts, _ diagnostics: inout Output) {
    guard checksums.wrong + checksums.unfilled > 0 else { return }
    diagnostics.append("meshspec: checksums of packets: \(StatsRenderer.text(checksums))\n")
}
/// Reports the packets that the capture program dropped, if the file has their number.
func tell(dropped: UInt64, _ diagnostics: inout Output) {
    guard dropped > 0 else { return }
    diagnostics.append("meshspec: the file reports \(dropped) packets dropped while capturing\n")
}
/// Reports bytes and packets that are missing or could not be decoded. Returns true if messages may be missing.
func isIncomplete(_ tally: Tally, _ diagnostics: inout Output) -> Bool {
    func places(_ n: Int, _ one: String, _ more: String) -> String { n == 1 ? "1 \(one)" : "\(n) \(more)" }
    if tally.gaps > 0 {
        // The number of bytes is unknown where only later acknowledgements show the gap.
        let lost = tally.gapBytes > 0 ? "\(tally.gapBytes) bytes" : "parts"
        diagnostics.append(
            "meshspec: \(lost) of the conversations are missing from the capture, in "
                + "\(places(tally.gaps, "place", "places"))\n")
    }
    if let link = tally.foreignLink {
        diagnostics.append(
            "meshspec: \(places(tally.foreignPackets, "packet", "packets")) of link types that cannot be decoded, "
                + "such as \(link)\n")
    }
    if tally.lostFragmentedPackets > 0 {
        diagnostics.append(
            "meshspec: \(places(tally.lostFragmentedPackets, "IP packet", "IP packets")) with missing fragments\n"
        )
    }
    return tally.gaps > 0 || tally.flowsGivenUp > 0 || tally.foreignPackets > 0 || tally.lostFragmentedPackets > 0
}
