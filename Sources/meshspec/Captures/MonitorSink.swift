import Capture
import Node
import Records
import Report
import Scenario

/// A sink that passes records to a writer. With a monitor it judges all records, and writes only those that the user
/// should see.
struct MonitorSink: RecordSink {
    var writer: RecordWriter
    private(set) var monitor: Monitor?
    /// The filter of the records to judge. With a filter, all judged records are shown.
    private let filter: Filter?
    private let isSilent: Bool
    let wantsAnswers: Bool
    /// True with a monitor, even if the reader of the output has closed its end, because the verdict needs all records.
    var isOpen: Bool { monitor != nil || writer.isOpen }

    init(_ options: DecodeOptions, _ output: Output) {
        monitor = options.monitor
        filter = options.filter
        isSilent = options.isSilent
        wantsAnswers = options.wantsAnswers
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
        // The findings belong to another record, which is judged.
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

    /// Adds the summary to the diagnostics, and returns the exit status for the status of the reading.
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
        .verify, "check everything, also signature and work of each vote and block, about 0.1 ms each")
    static let monitor = Option(
        .monitor,
        "judge: show messages with warnings or violations (or those of -Y), then a summary; implies --verify")
    /// The help text about `--monitor`.
    static let monitorNotes = """
        With --monitor, the exit status is a verdict on the messages, or on those that match -Y. 0: no MUST was
        violated. 1: a MUST was violated, even if the capture is damaged. 6: no MUST was violated, but the capture is
        damaged, lacks packets, or is mostly unreadable. 5: there was nothing to judge. 2: usage error. 3: a
        requirements file is invalid. 4: a file cannot be read. meshspec reports a violation only if no missing packet
        can explain it. A broken SHOULD is reported but does not change the status.
        """

    static func scrutiny(_ invocation: Invocation) -> Scrutiny {
        invocation.has(.verify) || invocation.has(.monitor) ? .content : .state
    }
    /// Adds a monitor to the options if the user asked for it.
    static func addMonitor(_ invocation: Invocation, _ options: inout DecodeOptions) throws(CommandError) {
        guard invocation.has(.monitor) else { return }
        let suite: Suite
        do { suite = try Suite(invocation[.spec]) } catch {
            var failure = CommandError(error)
            failure.place = "--monitor: the requirements" + (failure.place.map { ": \($0)" } ?? "")
            throw failure
        }
        if suite.complain() { throw CommandError.printed(ExitCode.invalid) }
        options.monitor = Monitor(
            Registry.definitions.map { suite.requirements($0.name) }, Registry.definitions, unruled: Registry.unruled)
    }
}
