import CLinux
import Capture
import Node
import Report
import Scenario

/// True when every rule names a protocol; otherwise says which does not.
func areKnown(_ rules: [DecodeAs], _ diagnostics: inout Output) -> Bool {
    for rule in rules where !Registry.decoded.contains(where: { $0.name == rule.protocolName }) {
        let known = Registry.decoded.map(\.name).sorted().joined(separator: ", ")
        diagnostics.append("meshspec: there is no protocol \"\(rule.protocolName)\"; there is \(known)\n")
        return false
    }
    return true
}

/// What came of reading captures.
struct CaptureReading {
    var status = ExitCode.good
    var tally = Tally()
    /// What the files say of themselves.
    var captures: [CaptureInformation] = []
}

/// Reads captures into a sink, and tells what was wrong with them.
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
            diagnostics.append("meshspec: \(Printable.text("\(damage)"))\n")
            reading.status = ExitCode.failed
        }
        reading.tally = capture.tally
        // Whoever has enough does not miss what was not read.
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
        diagnostics.append("meshspec: \(Printable.text("\(error)"))\n")
        reading.status = ExitCode.environment
    }
    return reading
}
/// Tells what came of checksums, where packets were passed over for them or could not be checked.
func tell(_ checksums: ChecksumCounts, _ diagnostics: inout Output) {
    guard checksums.wrong + checksums.unfilled > 0 else { return }
    diagnostics.append("meshspec: checksums of packets: \(StatsRenderer.text(checksums))\n")
}
/// Tells that packets were never captured, as far as files say it.
func tell(dropped: UInt64, _ diagnostics: inout Output) {
    guard dropped > 0 else { return }
    diagnostics.append("meshspec: \(dropped) packets were dropped while capturing, says the file\n")
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
