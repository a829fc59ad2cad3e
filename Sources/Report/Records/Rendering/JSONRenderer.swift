public import Capture
import Node
import Wire

/// One JSON object for each record, on a line of its own: the stable form for other programs.
///
/// Keys, always in this order: `n`, `time` (UTC, microseconds), `src`, `dst`, `transport`, `flow`, `message`, `length`
/// (bytes), `frames`, `parts` (only of a message that several datagrams make together: for its bytes from `at` on,
/// `length` of them, the `frame` and the `offset` in the payload there; those datagrams have objects of their own), `path` (only in a connection with layers: where the record stands among
/// them, such as `websocket/peerpigeon`), `origins` (only of what a layer carries whole messages of: for the units of the
/// layer below that it came in, the `record`, and the `offset` and `length` there; `made` is true of bytes that were
/// made of those: unmasked, inflated, decrypted),
/// `fields` (bytes as lower-case hexadecimal, numbers beyond 2^53 as text, absent fields absent; of a malformed message
/// those before the fault; of bytes that are no message, `bytes`), `notes` (objects with
/// `severity`, `requirement` and `path` where there is one, `text`), `comments` (what the capture says of its packets,
/// as a list of texts; absent when it says nothing).
public struct JSONRenderer: RecordRenderer {
    private var dissector = Dissector()
    private var pieces = RecordPieces()
    /// Nothing is to be chosen.
    public init() {}

    /// Appends one object and a newline.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        let start = out.count
        var isForeign = false
        // Nearly always enough: hexadecimal digits, quotes, names.
        out.write(room: 4 &* bytes.byteCount &+ 24 &* record.frames.count &+ 96 &* record.parts.count &+ 2048) { text in
            isForeign = write(record, bytes, &text)
        }
        if isForeign { Escape.json(&out, from: start) }
    }
    private func write(_ parts: [DatagramPart], _ text: inout OutputBuffer) {
        text.put(",\"parts\":[")
        for i in parts.indices {
            text.put(i > 0 ? ",{\"at\":" : "{\"at\":")
            text.put(parts[i].range.lowerBound)
            text.put(",\"length\":")
            text.put(parts[i].range.count)
            text.put(",\"frame\":")
            text.put(parts[i].number)
            text.put(",\"offset\":")
            text.put(parts[i].offset)
            text.put(UInt8(ascii: "}"))
        }
        text.put(UInt8(ascii: "]"))
    }
    private func writeLayers(of record: borrowing Record, _ text: inout OutputBuffer) {
        text.put(",\"path\":\"")
        text.put(Array(record.path.utf8))
        text.put(UInt8(ascii: "\""))
        guard !record.origins.isEmpty else { return }
        text.put(",\"origins\":[")
        for (i, origin) in record.origins.enumerated() {
            text.put(i > 0 ? ",{\"record\":" : "{\"record\":")
            text.put(origin.record)
            text.put(",\"offset\":")
            text.put(origin.range.lowerBound)
            text.put(",\"length\":")
            text.put(origin.range.count)
            text.put(origin.isMade ? ",\"made\":true}" : ",\"made\":false}")
        }
        text.put(UInt8(ascii: "]"))
    }
    /// True when dangerous characters may be among what it writes.
    private mutating func write(_ record: borrowing Record, _ bytes: RawSpan, _ text: inout OutputBuffer) -> Bool {
        var isForeign = false
        text.put("{\"n\":")
        text.put(record.number)
        text.put(",\"time\":\"")
        pieces.write(record.time, to: &text)
        pieces.writeFlow(of: record, to: &text)
        pieces.writeName(of: record, to: &text)
        text.put("\",\"length\":")
        text.put(record.length)
        text.put(",\"frames\":[")
        for i in record.frames.indices {
            if i > 0 { text.put(UInt8(ascii: ",")) }
            text.put(record.frames[i])
        }
        text.put(UInt8(ascii: "]"))
        if record.isReassembled { write(record.parts, &text) }
        if !record.path.isEmpty { writeLayers(of: record, &text) }
        text.put(",\"fields\":")
        if let message = record.message {
            isForeign = dissector.writeFields(of: message, bytes, hint: record.hint, to: &text)
        } else if bytes.byteCount == 0 {
            text.put("{}")
        } else {
            text.put("{\"bytes\":\"")
            text.put(hex: bytes)
            text.put("\"}")
        }
        text.put(",\"notes\":[")
        var isFirst = true
        for i in record.notes.indices {
            if !isFirst { text.put(UInt8(ascii: ",")) }
            isFirst = false
            pieces.write(record.notes[i], to: &text)
        }
        if let message = record.message, record.isRemarkable {
            dissector.dissect(message, bytes, hint: record.hint)
            for note in dissector.notes {
                if !isFirst { text.put(UInt8(ascii: ",")) }
                isFirst = false
                pieces.write(DissectedRecord.finding(note), to: &text)
            }
        }
        text.put("]")
        if !record.comments.isEmpty {
            text.put(",\"comments\":")
            text.put(RecordPieces.text(comments: record.comments))
        }
        text.put("}\n")
        return isForeign
    }
}
