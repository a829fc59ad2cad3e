import Capture
import Glibc
import Network
import Node
import Report
import Scenario

/// Captures packets until a limit or a signal ends it, and returns the exit status. 0: all packets were seen. 1:
/// packets were lost, the device went down, or a file could not be written. 2: a rule names an unknown protocol. 4: the
/// device cannot be opened. With a monitor, the exit status is its verdict.
func capture(
    _ options: CaptureOptions, output: inout Output, diagnostics: inout Output
) -> Int32 {
    guard areKnown(options.decode?.reading.rules ?? [], &diagnostics) else {
        return finished(ExitCode.usage, &output, &diagnostics)
    }
    let interrupts = Interrupts()
    var status = ExitCode.good
    do throws(CaptureError) {
        var live = try LiveCapture(options.live, program: Files.program)
        try Privileges.drop(user: options.user, folder: options.path.map { Files.folder(of: $0) })
        // Open files as the new user, whose permissions decide.
        let ring = try options.path.map { path throws(CaptureError) in try RingWriter(path, options.ring, of: live) }
        diagnostics.append("meshspec: capturing from \(Printable.text(live.device)), \(live.link)\n")
        if let path = options.path {
            diagnostics.append("meshspec: writing \(Printable.text(path)) as user \(Privileges.userName)\n")
        }
        diagnostics.flush()
        status = capture(&live, with: options, ring: ring, until: interrupts, to: &output, diagnostics: &diagnostics)
        do throws(CaptureError) { try ring?.close() } catch {
            // An earlier error was reported already.
            if status == ExitCode.good { diagnostics.report(error.coded) }
            status = max(status, ExitCode.failed)
        }
    } catch {
        diagnostics.report(error.coded)
        status = ExitCode.environment
    }
    return finished(status, &output, &diagnostics, isVerdict: options.decode?.monitor != nil)
}

/// The number of packets that are read before the loop checks its other conditions.
private let packetsAtOnce = 4096

/// Passes on packets when they arrive.
private func capture(
    _ live: inout LiveCapture, with options: CaptureOptions, ring: RingWriter?, until interrupts: Interrupts,
    to output: inout Output, diagnostics: inout Output
) -> Int32 {
    var sink = MonitorSink(options.decode ?? DecodeOptions(path: "-"), output)
    // A monitor reports a violation at once.
    sink.writer.isPrompt = sink.monitor != nil
    var table = options.decode.map { FlowTable(Registry.decoded, $0.reading) }
    var status = ExitCode.good
    let clock = MonotonicClock()
    let end = options.seconds.map { Instant.zero + .seconds(Int64($0)) } ?? .never
    let limit = options.count ?? .max
    do throws(CaptureError) {
        while sink.writer.isOpen, interrupts.status == nil, live.count < limit, clock.now < end {
            var some = 0
            while some < packetsAtOnce, live.count < limit, try live.advance() {
                some += 1
                if let ring { try live.write(to: ring) }
                table?.receive(live.current(), &sink)
            }
            guard some < packetsAtOnce else { continue }
            // No packets wait: write everything, so that readers see the current state.
            sink.writer.rest(Timestamp(nanoseconds: MonotonicClock.date))
            try ring?.flush()
            live.wait(milliseconds: 100)
        }
    } catch {
        diagnostics.report(error.coded)
        status = ExitCode.failed
    }
    table?.finish(&sink)
    if table != nil { sink.writer.finish() }
    sink.writer.output.flush()
    diagnostics.append(sink.writer.notes)
    let drops = live.drops
    diagnostics.append(
        "meshspec: \(live.count) packets, \(drops.byKernel) dropped by the kernel, \(drops.byDevice) by the device\n"
    )
    if drops.byKernel > 0 || drops.byDevice > 0 {
        status = ExitCode.failed
        diagnostics.append("meshspec: the output lacks the dropped packets: try --buffer, --filter or -o none\n")
    }
    if let tally = table?.tally {
        if isIncomplete(tally, &diagnostics) { status = ExitCode.failed }
        tell(tally.checksums, &diagnostics)
    }
    output = sink.writer.output
    return table.map { sink.concluded(status, $0.tally, &diagnostics) } ?? status
}
