import Capture
import Node
import Report
import Scenario

/// Renders records as they come, on several threads if it may.
struct RecordWriter: RecordSink {
    /// Notes that are kept for the end; more are counted.
    static let noteLimit = 100

    private(set) var renderer: any RecordRenderer
    /// What nothing else writes to, but for the time from the first record to `finish` when there are threads.
    var output: Output
    /// No record waits for others to be written.
    var isPrompt = false
    var isOpen: Bool { threads?.pipeline.isOpen ?? (output.isOpen && count < limit) }
    /// Records that were written.
    private(set) var count = 0
    private let options: DecodeOptions
    /// Records that are written at most.
    private let limit: Int
    private var threads: RecordThreads?
    private var lines: [String] = []
    private var omitted = 0

    init(_ options: DecodeOptions, _ output: Output) {
        self.options = options
        self.output = output
        limit = options.limit ?? .max
        renderer = options.renderer
        self.output.append { renderer.begin(to: &$0) }
    }
    /// What stands behind the last record.
    mutating func finish() {
        if let threads { (output, count) = threads.finish() }
        threads = nil
        output.append { renderer.end(to: &$0) }
        guard let packets = renderer as? PcapngRenderer else { return }
        if packets.missed > 0 {
            lines.append(
                "meshspec: \(packets.missed) messages lack packets: more than \(PacketWindow.limit) bytes came before they were whole\n"
            )
        }
        if packets.omitted > 0 {
            lines.append(
                "meshspec: \(packets.omitted) packets are of another link type than the first, and left out: a .pcapng file has room for them\n"
            )
        }
        if let omission = (renderer as? CapturePageRenderer)?.omission { lines.append("meshspec: \(omission)\n") }
    }
    /// What belongs to no message, a line each.
    var notes: String {
        (lines + (omitted > 0 ? ["meshspec: and \(omitted) more of such notes\n"] : [])).joined()
    }

    mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        if record.isMereCarrier, !options.showsLayers { return }
        // Packets are for one renderer alone.
        if options.threads > 1, !renderer.wantsPackets {
            if threads == nil { threads = RecordThreads(options, output, isPrompt: isPrompt) }
            threads?.pipeline.record(record, bytes)
            return
        }
        // Not `isOpen`, for which all of this is copied with every record.
        guard output.isOpen, count < limit, options.filter?.matches(record, bytes) ?? true else { return }
        count += 1
        output.append { renderer.render(record, bytes, to: &$0) }
        if isPrompt { output.flush() }
    }
    /// Text before the next record.
    mutating func write(_ text: String) {
        if let threads { threads.pipeline.text(text) } else { output.append(text) }
    }
    var wantsPackets: Bool { renderer.wantsPackets }
    mutating func packet(_ packet: borrowing Packet) { renderer.packet(packet) }
    mutating func settled(flow: Int, waits: Bool) {
        output.append { renderer.settled(flow: flow, waits: waits, to: &$0) }
        if isPrompt { output.flush() }
    }
    /// Nothing came for a while: what need not wait any longer is written.
    mutating func rest(_ now: Timestamp) {
        output.append { renderer.rest(now, to: &$0) }
        output.flush()
    }
    mutating func note(_ note: CaptureNote) {
        if lines.count < Self.noteLimit {
            lines.append("meshspec: frame \(note.frame): \(Printable.text(note.text))\n")
        } else {
            omitted += 1
        }
    }
}
