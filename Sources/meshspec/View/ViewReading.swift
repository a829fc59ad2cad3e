import Capture
import Node

/// A reading of a capture into a feed, on a thread of its own.
final class ViewReading: @unchecked Sendable {
    private let options: DecodeOptions
    private let feed: ViewFeed
    /// The open device; nil if files are read. Only one thread uses it.
    private var device: Device?

    /// An open device. It is a class because an optional of a noncopyable type is hard to use.
    private final class Device {
        var live: LiveCapture
        init(_ live: consuming LiveCapture) { self.live = live }
    }

    /// Creates a reading of the files in the options. The thread opens them, because they may be pipes.
    init(_ options: DecodeOptions, _ feed: ViewFeed) { (self.options, self.feed) = (options, feed) }
    /// Creates a reading of a device.
    init(_ live: consuming LiveCapture, _ options: DecodeOptions, _ feed: ViewFeed) {
        (self.options, self.feed) = (options, feed)
        device = Device(live)
    }

    /// Reads until the end, or until the feed is closed.
    func run() {
        var sink = FeedSink(feed: feed, showsLayers: options.showsLayers)
        var table = FlowTable(Registry.decoded, options.reading)
        var failure: CommandError?
        do throws(CaptureError) {
            if let device {
                try read(&device.live, &table, &sink)
            } else {
                failure = try readFiles(&table, &sink)
            }
        } catch {
            feed.complain("\(error)")
        }
        table.finish(&sink)
        var told = Output(nil)
        _ = isIncomplete(table.tally, &told)
        tell(table.tally.checksums, &told)
        for line in String(decoding: told.pending, as: UTF8.self).split(separator: "\n") {
            feed.complain(String(line.trimmingPrefix("meshspec: ")))
        }
        feed.finish(failure: failure)
    }
    /// Returns the reason why the files cannot be opened. Throws if they are damaged.
    private func readFiles(_ table: inout FlowTable, _ sink: inout FeedSink) throws(CaptureError) -> CommandError? {
        var files: CaptureFiles
        do throws(CaptureError) { files = try CaptureFiles(options.paths, secrets: options.reading.secrets) } catch {
            return error.coded
        }
        while sink.isOpen, try files.advance() {
            table.receive(files.current(), &sink)
            feed.count(packets: files.count)
        }
        let information = files.information
        for complaint in information.flatMap(\.complaints) { feed.complain(complaint) }
        let dropped = information.flatMap(\.interfaces).reduce(0 as UInt64) { $0 &+ ($1.dropped ?? 0) }
        feed.count(packets: files.count, lost: Int(clamping: dropped))
        return nil
    }
    private func read(
        _ live: inout LiveCapture, _ table: inout FlowTable, _ sink: inout FeedSink
    ) throws(CaptureError) {
        while sink.isOpen {
            var some = 0
            while some < 4096, try live.advance() {
                some += 1
                table.receive(live.current(), &sink)
            }
            let drops = live.drops
            feed.count(packets: live.count, lost: drops.byKernel + drops.byDevice)
            if some == 0 { live.wait(milliseconds: 100) }
        }
    }
}
