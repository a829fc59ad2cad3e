import Capture
import Node
import Recording
import Records
import Report
import Scenario
import Wire

@testable import meshspec

/// A capture that is judged, recorded, replayed and compared with itself.
enum JudgedInput {
    /// The number of endpoints of a capture that are recorded as the node under test.
    private static let mostEnds = 2

    private struct Ends: RecordSink {
        var all: Set<Endpoint> = []
        mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
            all.insert(record.source)
            all.insert(record.destination)
        }
    }

    static func run(_ path: String) {
        for scrutiny in [Scrutiny.faults, .state, .content] { judge(path, scrutiny) }
        var (ends, diagnostics) = (Ends(), Output(nil))
        let status = readCapture([path], into: &ends, &diagnostics).status
        guard status < ExitCode.usage else { return }
        for end in ends.all.sorted().prefix(mostEnds) { record(path, end) }
        compare(path)
    }
    private static func judge(_ path: String, _ scrutiny: Scrutiny) {
        var options = DecodeOptions(path: path, form: .line)
        options.reading.scrutiny = scrutiny
        options.monitor = Monitor([], Registry.definitions)
        var (output, diagnostics) = (Output(nil), Output(nil))
        let status = decode(options, output: &output, diagnostics: &diagnostics)
        Property.check([0, 1, 4, 5, 6].contains(status), "a monitor ends with \(status)")
        Property.checkPrintable(output.pending, "monitor")
        Property.checkPrintable(diagnostics.pending, "summary of a monitor")
    }
    /// Checks that a recorded capture is a valid scenario, and plays it.
    private static func record(_ path: String, _ end: Endpoint) {
        guard let node = NodeAddress("\(end)") else { return }
        var recorder = Recorder(Registry.definitions, of: [node])
        var diagnostics = Output(nil)
        let read = readCapture([path], into: &recorder, &diagnostics)
        guard read.status < ExitCode.usage else { return }
        // Limits the time of a capture with years of silence as `replay` does.
        var bounded = RecordingOptions()
        RecordedCapture.Question.bound(&bounded)
        guard let made = try? recorder.finish("fuzz", read.tally, bounded),
            let definition = Registry.definitions.first(where: { $0.name == made.protocolName })
        else { return }
        let source = SourceFile(name: "fuzz", bytes: Array(made.text.utf8))
        guard let scenario = Scenario.load(source, Suite().library).0 else { return }
        var options = RunOptions(subject: .builtIn(bug: nil), settings: made.settings, seed: 1)
        options.keepsEvidence = true
        Runner(definition, RequirementList([]), options).simulate(Schedule(scenario.cases)) { _ in }
    }
    /// Checks that a capture equals itself.
    private static func compare(_ path: String) {
        var outlines: [CaptureOutline] = []
        for _ in 0..<2 {
            var outline = CaptureOutline(nil, only: nil, ignoring: [])
            var diagnostics = Output(nil)
            _ = readCapture([path], into: &outline, &diagnostics)
            outlines.append(outline)
        }
        Property.check(CaptureDifference(outlines[0], outlines[1]).isEmpty, "a capture differs from itself")
    }
}
