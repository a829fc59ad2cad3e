import Capture
import Nano
import RightMesh

/// A line for each message of a capture: who, to whom, what, its fields as JSON, and what is wrong with it.
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
