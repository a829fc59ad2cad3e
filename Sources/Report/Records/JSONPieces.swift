import Capture
import Node
import Wire

/// Parts of records as JSON text that come again and again, kept: who speaks to whom, names of messages, notes.
struct JSONPieces {
    /// More notes are not kept, as they are looked through one by one: the oldest goes.
    private static let noteLimit = 16

    private struct Place {
        var source: Endpoint
        var destination: Endpoint
        var transport: Transport
        var flow: Int
        var text: [UInt8]
    }
    /// By flow and direction.
    private var places = [Place?](repeating: nil, count: 128)
    /// By the addresses of types.
    private var names: [(type: ObjectIdentifier, text: [UInt8])] = []
    private var notes: [Finding] = []
    private var noteTexts: [[UInt8]] = []
    private var nextNote = 0

    /// A second, and the text of it up to the point.
    private var second = Int64.min
    private var secondText: [UInt8] = []

    /// What `Timestamp.write` writes.
    mutating func write(_ time: Timestamp, to out: inout [UInt8]) {
        let (quotient, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if rest < 0 || quotient != second {
            let start = out.count
            time.write(to: &out)
            // Before 1970 seconds are counted towards zero here, and downwards there.
            guard rest >= 0 else { return }
            second = quotient
            secondText = Array(out[start..<out.count - 7])
            return
        }
        out += secondText
        let micro = rest / 1000
        var unit: Int64 = 100_000
        while unit > 0 {
            out.append(0x30 &+ UInt8(truncatingIfNeeded: micro / unit % 10))
            unit /= 10
        }
        out.append(UInt8(ascii: "Z"))
    }
    /// From the end of the time to `"message":`.
    mutating func writePlace(of record: borrowing Record, to out: inout [UInt8]) {
        let slot = (record.flow &* 2 &+ (record.isFromClient ? 1 : 0)) & 127
        if let known = places[slot], known.flow == record.flow, known.source == record.source,
            known.destination == record.destination, known.transport == record.transport
        {
            out += known.text
            return
        }
        var text: [UInt8] = []
        text += "\",\"src\":\"\(record.source)\",\"dst\":\"\(record.destination)\"".utf8
        text += ",\"transport\":\"\(record.transport.rawValue)\",\"flow\":\(record.flow),\"message\":".utf8
        out += text
        places[slot] = Place(
            source: record.source, destination: record.destination, transport: record.transport, flow: record.flow,
            text: text)
    }
    /// The name in quotes.
    mutating func writeName(of record: borrowing Record, to out: inout [UInt8]) {
        guard let message = record.message else { return ValueJSON.quote(record.name, to: &out) }
        let type = ObjectIdentifier(message)
        for i in names.indices where names[i].type == type {
            out += names[i].text
            return
        }
        var text: [UInt8] = []
        ValueJSON.quote(record.name, to: &text)
        out += text
        names.append((type, text))
    }
    /// One note as an object.
    mutating func write(_ note: Finding, to out: inout [UInt8]) {
        for i in notes.indices where notes[i] == note {
            out += noteTexts[i]
            return
        }
        var text: [UInt8] = []
        JSONRenderer.write(note, to: &text)
        out += text
        if notes.count < Self.noteLimit {
            notes.append(note)
            noteTexts.append(text)
        } else {
            notes[nextNote] = note
            noteTexts[nextNote] = text
            nextNote = (nextNote + 1) % Self.noteLimit
        }
    }
}
