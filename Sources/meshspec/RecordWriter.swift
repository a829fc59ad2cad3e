import Capture
import Node
import Report
import Scenario

/// Renders records as they come.
struct RecordWriter: RecordSink {
    /// Notes that are kept for the end; more are counted.
    static let noteLimit = 100

    var renderer: any RecordRenderer
    var output: Output
    /// Every record is written at once.
    var isPrompt = false
    var isOpen: Bool { output.isOpen }
    /// Records that were written.
    private(set) var count = 0
    private let filter: Filter?
    private var lines: [String] = []
    private var omitted = 0

    init(_ options: DecodeOptions, _ definitions: [Definition], _ output: Output) {
        switch options.form {
        case .line: renderer = LineRenderer(definitions, colour: options.colour, names: options.names)
        case .tree: renderer = TreeRenderer(colour: options.colour, names: options.names)
        case .json: renderer = JSONRenderer()
        case .hex: renderer = HexRenderer(colour: options.colour, names: options.names)
        case .pcapng: renderer = PcapngRenderer(application: "meshspec \(Version.current)", isWhole: options.isWhole)
        case .fields: renderer = FieldsRenderer(options.fields, isCSV: options.isCSV)
        }
        self.output = output
        filter = options.filter
        self.output.append { renderer.begin(to: &$0) }
    }
    /// What stands behind the last record.
    mutating func finish() {
        output.append { renderer.end(to: &$0) }
        if let missed = (renderer as? PcapngRenderer)?.missed, missed > 0 {
            lines.append(
                "meshspec: \(missed) messages lack packets: more than \(PacketWindow.limit) bytes came before they were whole\n"
            )
        }
    }
    /// What belongs to no message, a line each.
    var notes: String {
        (lines + (omitted > 0 ? ["meshspec: and \(omitted) more of such notes\n"] : [])).joined()
    }

    mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        guard isOpen, filter?.matches(record, bytes) ?? true else { return }
        count += 1
        output.append { renderer.render(record, bytes, to: &$0) }
        if isPrompt { output.flush() }
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
