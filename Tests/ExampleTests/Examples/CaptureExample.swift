import Capture
import Nano
import RightMesh

/// Returns a line for each message of a capture: its source, its destination, its name, its fields as JSON, and its
/// findings.
func messages(of path: String) throws -> [String] {
    var capture = try CaptureReader(path, [.nano, .rightmesh])
    var lines: [String] = []
    while let message = try capture.next() {
        let record = message.record
        lines.append("\(record.source) > \(record.destination) \(record.name) \(message.fields.json)")
        for note in message.notes { lines.append("  \(note.severity): \(note.path) \(note.text)") }
    }
    return lines
}
