import Capture
import Node
import Wire

/// Parts of records as text that come again and again, kept: who speaks to whom, names of messages, notes.
struct RecordPieces {
    /// More notes are not kept, as they are looked through one by one: the oldest goes.
    private static let noteLimit = 16

    private struct Place {
        var source = Endpoint(high: 0, low: 0, port: 0)
        var destination = Endpoint(high: 0, low: 0, port: 0)
        var transport = Transport.tcp
        /// -1: none.
        var flow = -1
        var text: [UInt8] = []
    }
    /// By flow and direction.
    private var places = [Place](repeating: Place(), count: 128)
    /// By the addresses of types.
    private var names: [(type: ObjectIdentifier, text: [UInt8], plain: [UInt8])] = []
    /// By their addresses.
    private var ends = [(end: Endpoint, text: [UInt8])](repeating: (Endpoint(high: 0, low: 0, port: 0), []), count: 128)
    private var notes: [Finding] = []
    private var noteTexts: [[UInt8]] = []
    private var nextNote = 0

    /// A second, and the text of it up to the point.
    private var second = Int64.min
    private var secondText: [UInt8] = []

    /// What `Timestamp.write` writes.
    mutating func write(_ time: Timestamp, to out: inout OutputBuffer) {
        let (quotient, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if rest < 0 || quotient != second {
            var text: [UInt8] = []
            time.write(to: &text)
            // Before 1970 seconds are counted towards zero here, and downwards there.
            guard rest >= 0 else { return out.put(text) }
            second = quotient
            secondText = Array(text.dropLast(7))
        }
        out.put(secondText)
        let micro = UInt64(truncatingIfNeeded: rest) / 1000
        out.put(twoDigits: micro / 10_000)
        out.put(twoDigits: micro / 100)
        out.put(twoDigits: micro)
        out.put(UInt8(ascii: "Z"))
    }
    /// From the end of the time to `"message":`.
    mutating func writePlace(of record: borrowing Record, to out: inout OutputBuffer) {
        let slot = (record.flow &* 2 &+ (record.isFromClient ? 1 : 0)) & 127
        if places[slot].flow != record.flow || places[slot].source != record.source
            || places[slot].destination != record.destination || places[slot].transport != record.transport
        {
            let addresses = "\"src\":\"\(record.source)\",\"dst\":\"\(record.destination)\""
            let flow = "\"transport\":\"\(record.transport.rawValue)\",\"flow\":\(record.flow)"
            places[slot] = Place(
                source: record.source, destination: record.destination, transport: record.transport,
                flow: record.flow, text: Array("\",\(addresses),\(flow),\"message\":".utf8))
        }
        out.put(places[slot].text)
    }
    /// An address with its port.
    mutating func write(_ end: Endpoint, to out: inout OutputBuffer) {
        let slot = Int(truncatingIfNeeded: end.low ^ end.low >> 7 ^ UInt64(end.port)) & 127
        if ends[slot].end != end || ends[slot].text.isEmpty { ends[slot] = (end, Array("\(end)".utf8)) }
        out.put(ends[slot].text)
    }
    /// The name, without quotes.
    mutating func writePlainName(of record: borrowing Record, to out: inout OutputBuffer) {
        guard let message = record.message else { return out.put(Array(record.name.utf8)) }
        out.put(name(of: message).plain)
    }
    private mutating func name(of message: any Message.Type) -> (type: ObjectIdentifier, text: [UInt8], plain: [UInt8])
    {
        let type = ObjectIdentifier(message)
        for i in names.indices where names[i].type == type { return names[i] }
        let name = message.name.description
        names.append((type, Self.quoted(name), Array(name.utf8)))
        return names[names.count - 1]
    }
    /// The name in quotes.
    mutating func writeName(of record: borrowing Record, to out: inout OutputBuffer) {
        guard let message = record.message else { return out.put(Self.quoted(record.name)) }
        out.put(name(of: message).text)
    }
    private static func quoted(_ name: String) -> [UInt8] {
        var text: [UInt8] = []
        ValueJSON.quote(name, to: &text)
        return text
    }
    /// One note as an object.
    mutating func write(_ note: Finding, to out: inout OutputBuffer) {
        for i in notes.indices where notes[i] == note { return out.put(noteTexts[i]) }
        let text = Self.text(note)
        out.put(text)
        if notes.count < Self.noteLimit {
            notes.append(note)
            noteTexts.append(text)
        } else {
            notes[nextNote] = note
            noteTexts[nextNote] = text
            nextNote = (nextNote + 1) % Self.noteLimit
        }
    }
    /// A member of an object with a comma before it, harmless for a terminal.
    static func member(comments: [String]) -> [UInt8] {
        var out = Array(",\"comments\":[".utf8)
        for (i, comment) in comments.enumerated() {
            if i > 0 { out.append(UInt8(ascii: ",")) }
            ValueJSON.quote(comment, to: &out)
        }
        out.append(UInt8(ascii: "]"))
        Escape.json(&out, from: 0)
        return out
    }
    /// A note as an object, harmless for a terminal.
    static func text(_ note: Finding) -> [UInt8] {
        var out: [UInt8] = []
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
        Escape.json(&out, from: 0)
        return out
    }
}
