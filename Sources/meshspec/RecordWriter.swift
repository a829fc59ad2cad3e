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
    private var lines: [String] = []
    private var omitted = 0

    init(_ options: DecodeOptions, _ definitions: [Definition], _ output: Output) {
        switch options.form {
        case .line: renderer = LineRenderer(definitions, colour: options.colour)
        case .tree: renderer = TreeRenderer(colour: options.colour)
        case .json: renderer = JSONRenderer()
        }
        self.output = output
    }
    /// What belongs to no message, a line each.
    var notes: String {
        (lines + (omitted > 0 ? ["meshspec: and \(omitted) more of such notes\n"] : [])).joined()
    }

    mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        guard isOpen else { return }
        output.append { renderer.render(record, bytes, to: &$0) }
        if isPrompt { output.flush() }
    }
    mutating func note(_ note: CaptureNote) {
        if lines.count < Self.noteLimit {
            lines.append("meshspec: frame \(note.frame): \(Printable.text(note.text))\n")
        } else {
            omitted += 1
        }
    }
}
