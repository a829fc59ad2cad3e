import Capture
import Node
internal import Text
import Wire

/// A cache of frequent parts of records as text: the ends of connections, the names of messages, and notes.
struct RecordPieces {
    /// The maximum number of notes. Beyond it all are forgotten, because the search is linear.
    private static let noteLimit = 16

    private struct FlowText {
        var source = Endpoint(high: 0, low: 0, port: 0)
        var destination = Endpoint(high: 0, low: 0, port: 0)
        var transport = Transport.tcp
        /// The number of the flow; -1 if the entry is empty.
        var flow = -1
        var text: [UInt8] = []
    }
    /// The texts by flow and direction. All texts of a renderer have the same form.
    private var flowTexts = [FlowText](repeating: FlowText(), count: 128)
    /// The names by the identity of the type.
    private var names: [(type: ObjectIdentifier, text: [UInt8])] = []
    /// The texts of ends by address.
    private var ends = [(end: Endpoint, text: [UInt8])](repeating: (Endpoint(high: 0, low: 0, port: 0), []), count: 128)
    private var notes: [(note: Finding, text: [UInt8])] = []

    /// The second, and its text up to the decimal point.
    private var second = Int64.min
    private var secondText: [UInt8] = []

    /// Appends the same text as `Timestamp.write`.
    mutating func write(_ time: Timestamp, to out: inout OutputBuffer) {
        let (quotient, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if rest < 0 || quotient != second {
            var text: [UInt8] = []
            time.write(to: &text)
            // Before 1970, the division rounds towards zero, but the text rounds down.
            guard rest >= 0 else { return out.put(text) }
            second = quotient
            secondText = Array(text.dropLast(7))
        }
        out.put(secondText)
        Self.write(micro: UInt64(truncatingIfNeeded: rest) / 1000, to: &out)
        out.put(UInt8(ascii: "Z"))
    }
    /// Appends the same text as `Timestamp.since`, with or without the plus sign.
    static func write(_ time: Timestamp, since start: Timestamp, hasPlus: Bool, to out: inout OutputBuffer) {
        let micro = time.passed(since: start) / 1000
        if micro < 0 { out.put(UInt8(ascii: "-")) } else if hasPlus { out.put(UInt8(ascii: "+")) }
        let (seconds, rest) = UInt64(micro.magnitude).quotientAndRemainder(dividingBy: 1_000_000)
        out.put(seconds)
        out.put(UInt8(ascii: "."))
        write(micro: rest, to: &out)
    }
    /// Appends six digits.
    private static func write(micro: UInt64, to out: inout OutputBuffer) {
        out.put(twoDigits: micro / 10_000)
        out.put(twoDigits: micro / 100)
        out.put(twoDigits: micro)
    }
    /// Appends the JSON from the end of the time to `"message":`.
    mutating func writeFlow(of record: borrowing Record, to out: inout OutputBuffer) {
        let slot = flow(of: record) { source, destination, transport, flow in
            "\",\"src\":\"\(source)\",\"dst\":\"\(destination)\",\"transport\":\"\(transport.rawValue)\",\"flow\":\(flow),\"message\":\""
        }
        out.put(flowTexts[slot].text)
    }
    /// Appends the source and the destination.
    mutating func writeEnds(of record: borrowing Record, _ names: AddressNames, to out: inout OutputBuffer) {
        let slot = flow(of: record) { source, destination, _, _ in
            "\(names.text(source)) > \(names.text(destination))"
        }
        out.put(flowTexts[slot].text)
    }
    /// Returns the index of the text of a flow and direction.
    @inline(__always)
    private mutating func flow(
        of record: borrowing Record, _ text: (Endpoint, Endpoint, Transport, Int) -> String
    ) -> Int {
        let slot = (record.flow &* 2 &+ (record.isFromClient ? 1 : 0)) & 127
        if flowTexts[slot].flow != record.flow || flowTexts[slot].source != record.source
            || flowTexts[slot].destination != record.destination || flowTexts[slot].transport != record.transport
        {
            flowTexts[slot] = FlowText(
                source: record.source, destination: record.destination, transport: record.transport,
                flow: record.flow,
                text: Array(text(record.source, record.destination, record.transport, record.flow).utf8))
        }
        return slot
    }
    /// Appends an address with its port.
    mutating func write(_ end: Endpoint, to out: inout OutputBuffer) {
        // An exclusive or alone would give equal values for ends whose addresses and ports increase together.
        let slot = Int(truncatingIfNeeded: ((end.low ^ UInt64(end.port) << 32) &* 0x9e37_79b9_7f4a_7c15) >> 57)
        if ends[slot].end != end || ends[slot].text.isEmpty { ends[slot] = (end, Array("\(end)".utf8)) }
        out.put(ends[slot].text)
    }
    /// Appends the name, which contains no characters that need escaping in quotes.
    mutating func writeName(of record: borrowing Record, to out: inout OutputBuffer) {
        guard let message = record.message else { return out.put(Array(record.name.utf8)) }
        let type = ObjectIdentifier(message)
        for i in names.indices where names[i].type == type { return out.put(names[i].text) }
        let name = Array(message.name.description.utf8)
        names.append((type, name))
        out.put(name)
    }
    /// Appends one note as an object.
    mutating func write(_ note: Finding, to out: inout OutputBuffer) {
        for i in notes.indices where notes[i].note == note { return out.put(notes[i].text) }
        let text = Self.text(note)
        out.put(text)
        if notes.count == Self.noteLimit { notes = [] }
        notes.append((note, text))
    }
    /// Returns a list of texts, safe for a terminal.
    static func text(comments: [String]) -> [UInt8] {
        var out: [UInt8] = []
        JSONText.write(.texts(comments), to: &out)
        return out
    }
    /// Returns a note as an object, safe for a terminal.
    private static func text(_ note: Finding) -> [UInt8] {
        var out: [UInt8] = []
        JSONText.write(
            .object([
                "severity": .text(note.severity.rawValue), "requirement": note.requirement.map { .text($0) },
                "path": .text(unlessEmpty: note.path), "text": .text(note.text),
            ]), to: &out)
        return out
    }
}
