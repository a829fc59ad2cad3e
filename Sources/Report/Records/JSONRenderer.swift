public import Capture
import Node
import Wire

/// One JSON object for each record, on a line of its own: the stable form for other programs.
///
/// Keys, always in this order: `n`, `time` (UTC, microseconds), `src`, `dst`, `transport`, `flow`, `message`, `length`
/// (bytes), `frames`, `fields` (bytes as lower-case hexadecimal, numbers beyond 2^53 as text, absent fields absent; of a
/// malformed message those before the fault; of bytes that are no message, `bytes`), `notes` (objects with
/// `severity`, `requirement` and `path` where there is one, `text`).
public struct JSONRenderer: RecordRenderer {
    /// Nothing is to be chosen.
    public init() {}

    /// Appends one object and a newline.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        let start = out.count
        let opened = Opened(record, bytes)
        out += "{\"n\":\(record.number),\"time\":\"".utf8
        record.time.write(to: &out)
        out += "\",\"src\":\"\(record.source)\",\"dst\":\"\(record.destination)\"".utf8
        out += ",\"transport\":\"\(record.transport.rawValue)\",\"flow\":\(record.flow),\"message\":".utf8
        ValueJSON.quote(record.name, to: &out)
        out += ",\"length\":\(record.length),\"frames\":[".utf8
        for (i, frame) in record.frames.enumerated() { out += (i == 0 ? "\(frame)" : ",\(frame)").utf8 }
        out += "],\"fields\":".utf8
        ValueJSON.write(opened.fields(bytes), to: &out)
        out += ",\"notes\":[".utf8
        for (i, note) in opened.notes.enumerated() {
            if i > 0 { out.append(UInt8(ascii: ",")) }
            Self.write(note, to: &out)
        }
        out += "]}".utf8
        Escape.json(&out, from: start)
        out.append(UInt8(ascii: "\n"))
    }
    private static func write(_ note: Finding, to out: inout [UInt8]) {
        out += "{\"severity\":\"\(note.severity.rawValue)\"".utf8
        if let requirement = note.requirement {
            out += ",\"requirement\":".utf8
            ValueJSON.quote(requirement, to: &out)
        }
        if !note.path.isEmpty {
            out += ",\"path\":".utf8
            ValueJSON.quote(note.path, to: &out)
        }
        out += ",\"text\":".utf8
        ValueJSON.quote(note.text, to: &out)
        out.append(UInt8(ascii: "}"))
    }
}
