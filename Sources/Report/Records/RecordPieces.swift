import Capture
import Node
import Wire

/// Parts of records as text that come again and again, kept: who speaks to whom, names of messages, notes.
struct RecordPieces {
    /// With more notes all are forgotten, as they are looked through one by one.
    private static let noteLimit = 16

    private struct FlowText {
        var source = Endpoint(high: 0, low: 0, port: 0)
        var destination = Endpoint(high: 0, low: 0, port: 0)
        var transport = Transport.tcp
        /// -1: none.
        var flow = -1
        var text: [UInt8] = []
    }
    /// By flow and direction; of a renderer all are of one kind.
    private var flowTexts = [FlowText](repeating: FlowText(), count: 128)
    /// By the addresses of types.
    private var names: [(type: ObjectIdentifier, text: [UInt8])] = []
    /// By their addresses.
    private var ends = [(end: Endpoint, text: [UInt8])](repeating: (Endpoint(high: 0, low: 0, port: 0), []), count: 128)
    private var notes: [(note: Finding, text: [UInt8])] = []

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
        Self.write(micro: UInt64(truncatingIfNeeded: rest) / 1000, to: &out)
        out.put(UInt8(ascii: "Z"))
    }
    /// What `Timestamp.since` writes, or without the plus.
    static func write(_ time: Timestamp, since start: Timestamp, hasPlus: Bool, to out: inout OutputBuffer) {
        let micro = time.passed(since: start) / 1000
        if micro < 0 { out.put(UInt8(ascii: "-")) } else if hasPlus { out.put(UInt8(ascii: "+")) }
        let (seconds, rest) = UInt64(micro.magnitude).quotientAndRemainder(dividingBy: 1_000_000)
        out.put(seconds)
        out.put(UInt8(ascii: "."))
        write(micro: rest, to: &out)
    }
    /// Six digits.
    private static func write(micro: UInt64, to out: inout OutputBuffer) {
        out.put(twoDigits: micro / 10_000)
        out.put(twoDigits: micro / 100)
        out.put(twoDigits: micro)
    }
    /// From the end of the time to `"message":`.
    mutating func writeFlow(of record: borrowing Record, to out: inout OutputBuffer) {
        let slot = flow(of: record) { source, destination, transport, flow in
            "\",\"src\":\"\(source)\",\"dst\":\"\(destination)\",\"transport\":\"\(transport.rawValue)\",\"flow\":\(flow),\"message\":\""
        }
        out.put(flowTexts[slot].text)
    }
    /// Who spoke to whom.
    mutating func writeEnds(of record: borrowing Record, _ names: AddressNames, to out: inout OutputBuffer) {
        let slot = flow(of: record) { source, destination, _, _ in
            "\(names.text(source)) > \(names.text(destination))"
        }
        out.put(flowTexts[slot].text)
    }
    /// Where the text of a flow and direction is kept.
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
    /// An address with its port.
    mutating func write(_ end: Endpoint, to out: inout OutputBuffer) {
        // Of ends whose addresses and ports count up together, an exclusive or would be the same.
        let slot = Int(truncatingIfNeeded: ((end.low ^ UInt64(end.port) << 32) &* 0x9e37_79b9_7f4a_7c15) >> 57)
        if ends[slot].end != end || ends[slot].text.isEmpty { ends[slot] = (end, Array("\(end)".utf8)) }
        out.put(ends[slot].text)
    }
    /// The name, which has nothing that quotes would take for something else.
    mutating func writeName(of record: borrowing Record, to out: inout OutputBuffer) {
        guard let message = record.message else { return out.put(Array(record.name.utf8)) }
        let type = ObjectIdentifier(message)
        for i in names.indices where names[i].type == type { return out.put(names[i].text) }
        let name = Array(message.name.description.utf8)
        names.append((type, name))
        out.put(name)
    }
    /// One note as an object.
    mutating func write(_ note: Finding, to out: inout OutputBuffer) {
        for i in notes.indices where notes[i].note == note { return out.put(notes[i].text) }
        let text = Self.text(note)
        out.put(text)
        if notes.count == Self.noteLimit { notes = [] }
        notes.append((note, text))
    }
    /// A list of texts, harmless for a terminal.
    static func text(comments: [String]) -> [UInt8] {
        var out: [UInt8] = []
        JSONText.write(.texts(comments), to: &out)
        return out
    }
    /// A note as an object, harmless for a terminal.
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
