import Capture
import Node
import Records
import Scenario

/// A writer that renders records when they arrive, on several threads if the options allow it.
struct RecordWriter: RecordSink {
    /// The number of notes that are kept for the end. Further notes are counted.
    static let noteLimit = 100

    private(set) var renderer: any RecordRenderer
    /// The output. While threads run, from the first record to `finish`, they own it.
    var output: Output
    /// True if each record is written at once.
    var isPrompt = false
    var isOpen: Bool { threads?.pipeline.isOpen ?? (output.isOpen && count < limit) }
    /// The number of written records.
    private(set) var count = 0
    private let options: DecodeOptions
    /// True if the output depends on which message answers which. It is read for every record.
    let wantsAnswers: Bool
    /// The largest number of written records.
    private let limit: Int
    private var threads: RecordThreads?
    private var lines: [String] = []
    private var omitted = 0

    init(_ options: DecodeOptions, _ output: Output) {
        self.options = options
        self.output = output
        limit = options.limit ?? .max
        wantsAnswers = options.wantsAnswers
        renderer = options.renderer
        self.output.append { renderer.begin(to: &$0) }
    }
    /// Ends the output after the last record.
    mutating func finish() {
        if let threads { (output, count) = threads.finish() }
        threads = nil
        output.append { renderer.end(to: &$0) }
        guard let packets = renderer as? PcapngRenderer else { return }
        if packets.missed > 0 {
            lines.append(
                "meshspec: \(packets.missed) messages lack packets: more than \(PacketWindow.limit) bytes "
                    + "arrived before they were complete\n"
            )
        }
        if packets.omitted > 0 {
            lines.append(
                "meshspec: \(packets.omitted) packets have another link type than the first and are left out: "
                    + "a .pcapng file can hold them\n"
            )
        }
        if let omission = (renderer as? CapturePageRenderer)?.omission { lines.append("meshspec: \(omission)\n") }
    }
    /// The notes that belong to no message, one on each line.
    var notes: String {
        (lines + (omitted > 0 ? ["meshspec: and \(omitted) more such notes\n"] : [])).joined()
    }

    mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        if record.isMereCarrier, !options.showsLayers { return }
        // Only one renderer can receive the packets.
        if options.threads > 1, !renderer.wantsPackets {
            if threads == nil { threads = RecordThreads(options, output, isPrompt: isPrompt) }
            threads?.pipeline.record(record, bytes)
            return
        }
        // Do not use `isOpen` here: it would copy the whole writer with every record.
        guard output.isOpen, count < limit, options.filter?.matches(record, bytes) ?? true else { return }
        count += 1
        output.append { renderer.render(record, bytes, to: &$0) }
        if isPrompt { output.flush() }
    }
    /// Writes text before the next record.
    mutating func write(_ text: String) {
        if let threads { threads.pipeline.text(text) } else { output.append(text) }
    }
    var wantsPackets: Bool { renderer.wantsPackets }
    mutating func packet(_ packet: borrowing Packet) { renderer.packet(packet) }
    mutating func settled(flow: Int, waits: Bool) {
        output.append { renderer.settled(flow: flow, waits: waits, to: &$0) }
        if isPrompt { output.flush() }
    }
    /// Writes everything that need not wait, after a period without packets.
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
