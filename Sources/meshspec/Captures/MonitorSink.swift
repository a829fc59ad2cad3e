import Capture
import Node
import Report
import Scenario

/// Hands records to be written to a writer; with a monitor it judges them all, and only what is to be shown is written.
struct MonitorSink: RecordSink {
    var writer: RecordWriter
    private(set) var monitor: Monitor?
    /// Which records are judged, and with it which are shown.
    private let filter: Filter?
    private let isSilent: Bool
    /// A verdict is wanted of all there is, also when nobody reads the records any more.
    var isOpen: Bool { monitor != nil || writer.isOpen }

    init(_ options: DecodeOptions, _ output: Output) {
        monitor = options.monitor
        filter = options.filter
        isSilent = options.isSilent
        var given = options
        if monitor != nil { given.filter = nil }
        writer = RecordWriter(given, output)
    }
    mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        guard monitor != nil else { return writer.record(record, bytes) }
        let isJudged = filter?.matches(record, bytes) ?? true
        let found = monitor?.compare(record, bytes, isJudged: isJudged) ?? []
        if found.isEmpty { return isJudged ? judge(record, bytes) : () }
        var told = copy record
        // Of another one that is judged.
        if !isJudged { (told.notes, told.isRemarkable) = ([], false) }
        told.notes += found
        judge(told, bytes)
    }
    private mutating func judge(_ record: borrowing Record, _ bytes: RawSpan) {
        guard let isTold = monitor?.judge(record, bytes) else { return }
        if !isSilent, isTold || filter != nil { writer.record(record, bytes) }
    }
    var wantsPackets: Bool { !isSilent && writer.wantsPackets }
    mutating func packet(_ packet: borrowing Packet) { writer.packet(packet) }
    mutating func settled(flow: Int, waits: Bool) { writer.settled(flow: flow, waits: waits) }
    mutating func note(_ note: CaptureNote) { writer.note(note) }

    /// The exit status that a reading of this status comes to, and the summary for people.
    func concluded(_ status: Int32, _ tally: Tally, _ diagnostics: inout Output) -> Int32 {
        guard let monitor, status < ExitCode.usage else { return status }
        let isDamaged = status != ExitCode.good || tally.dropped > 0
        for line in monitor.lines(tally, isIncomplete: isDamaged, hasFilter: filter != nil) {
            diagnostics.append("meshspec: \(line)\n")
        }
        return switch monitor.verdict(tally, isIncomplete: isDamaged) {
        case .fail: ExitCode.failed
        case .inconc: ExitCode.inconclusive
        case .none: ExitCode.nothingMatched
        default: ExitCode.good
        }
    }
}

extension Command {
    static let verify = Option(
        "--verify", "check everything: signature and work of each vote and block, some 0.1 ms each")
    static let monitor = Option(
        "--monitor",
        "judge: shows messages with warnings or violations (or those of -Y), then a summary; implies --verify")
    /// What `--monitor` comes to.
    static let monitorNotes = """
        With --monitor the exit status is a verdict on the messages, on those that pass -Y if it is given: 0 no MUST was violated,
        1 one was, also in a capture that is damaged; 6 none was, but the capture is damaged, lacks packets, or cannot be read for
        the most part; 5 there was nothing to judge; 2: usage error; 3: a requirements file is invalid; 4: a file cannot be read.
        meshspec reports a violation only if no missing packet can explain it. A broken SHOULD is reported but does not change the status.
        """

    static func scrutiny(_ invocation: Invocation) -> Scrutiny {
        invocation.has("--verify") || invocation.has("--monitor") ? .content : .state
    }
    /// Has records judged, if that is asked for.
    static func addMonitor(_ invocation: Invocation, _ options: inout DecodeOptions) throws(CommandError) {
        guard invocation.has("--monitor") else { return }
        let suite: Suite
        do { suite = try Suite(invocation["--spec"]) } catch {
            Console.error("meshspec: what binds whom is told by the requirements: \(error)")
            throw CommandError()
        }
        if suite.complain() { throw CommandError(status: ExitCode.invalid) }
        options.monitor = Monitor(Registry.definitions.map { suite.requirements($0.name) }, Registry.definitions)
    }
}
