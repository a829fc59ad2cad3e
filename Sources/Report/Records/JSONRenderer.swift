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
    private var dissector = Dissector()
    private var pieces = JSONPieces()
    /// Nothing is to be chosen.
    public init() {}

    /// Appends one object and a newline.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        let start = out.count
        out += "{\"n\":".utf8
        Digits.write(record.number, to: &out)
        out += ",\"time\":\"".utf8
        pieces.write(record.time, to: &out)
        pieces.writePlace(of: record, to: &out)
        pieces.writeName(of: record, to: &out)
        out += ",\"length\":".utf8
        Digits.write(record.length, to: &out)
        out += ",\"frames\":[".utf8
        for i in record.frames.indices {
            if i > 0 { out.append(UInt8(ascii: ",")) }
            Digits.write(record.frames[i], to: &out)
        }
        out += "],\"fields\":".utf8
        if let message = record.message {
            dissector.dissect(message, bytes, isPlain: !record.isRemarkable)
            dissector.writeFields(of: bytes, to: &out)
        } else if bytes.byteCount == 0 {
            out += "{}".utf8
        } else {
            out += "{\"bytes\":\"".utf8
            bytes.withUnsafeBytes { [UInt8]($0) }.hex(to: &out)
            out += "\"}".utf8
        }
        out += ",\"notes\":[".utf8
        var isFirst = true
        for i in record.notes.indices {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            pieces.write(record.notes[i], to: &out)
        }
        if record.message != nil, record.isRemarkable {
            for note in dissector.notes {
                if !isFirst { out.append(UInt8(ascii: ",")) }
                isFirst = false
                Self.write(Opened.finding(note), to: &out)
            }
        }
        out += "]}".utf8
        Escape.json(&out, from: start)
        out.append(UInt8(ascii: "\n"))
    }
    static func write(_ note: Finding, to out: inout [UInt8]) {
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
