public import Capture
import Node
internal import Text
import Wire

/// A writer of one JSON object for each record, on a line of its own. This is the stable form for other programs.
///
/// The keys are always in this order:
/// - `n`, `time` (UTC, microseconds), `src`, `dst`, `transport`, `flow`, `message`, `length` (bytes), `frames`
/// - `parts`: only for a message that several datagrams make together. For its `length` bytes from `at` on, `frame` is
///   the frame and `offset` the offset in the payload there. These datagrams have objects of their own.
/// - `path`: only in a connection with layers. It is the position of the record among them, such as
///   `websocket/peerpigeon`.
/// - `origins`: only for whole messages that a layer carries. For each unit of the layer below, `record` is its record,
///   and `offset` and `length` are the range there. `made` is true if the bytes were made from that range: unmasked,
///   inflated or decrypted.
/// - `answers`: only for the first answer to a request. `n` is the record of the request, and `after` the number of
///   seconds since then, in microseconds.
/// - `fields`: bytes as lower-case hexadecimal, numbers beyond 2^53 as text, absent fields absent. A malformed message
///   has the fields before the fault. Bytes that are not a message have `bytes`.
/// - `computed`: only for messages with values that are computed from their bytes, such as the hash of a block. The
///   keys are the paths of these values.
/// - `notes`: objects with `severity`, `requirement` and `path` if known, and `text`
/// - `comments`: the comments of the capture on the packets, as a list of texts; absent if there are no comments
public struct JSONRenderer: RecordRenderer {
    private var dissector = Dissector()
    private var pieces = RecordPieces()
    public init() {}

    /// Appends one object and a newline.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        let start = out.count
        var isForeign = false
        // This is nearly always enough for hexadecimal digits, quotes and names.
        out.write(room: 4 &* bytes.byteCount &+ 24 &* record.frames.count &+ 96 &* record.parts.count &+ 2048) { text in
            isForeign = write(record, bytes, &text)
        }
        if isForeign { Escape.json(&out, from: start) }
    }
    private static func write(_ request: AnsweredRequest, _ text: inout OutputBuffer) {
        text.put(",\"answers\":{\"n\":")
        text.put(request.record)
        text.put(",\"after\":")
        let start = Timestamp(nanoseconds: 0)
        RecordPieces.write(Timestamp(nanoseconds: request.after), since: start, hasPlus: false, to: &text)
        text.put(UInt8(ascii: "}"))
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
    /// Writes the object. Returns true if the text may contain dangerous characters.
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
        if let request = record.answers { Self.write(request, &text) }
        text.put(",\"fields\":")
        if let message = record.message {
            isForeign = dissector.writeFields(of: message, bytes, hint: record.hint, to: &text)
            if !dissector.computed.isEmpty {
                text.put(",\"computed\":{")
                text.put(dissector.computed)
                text.put("}")
            }
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
