import Node
import Wire

/// The bytes of a datagram that arrived in one frame, given by the position where they end.
typealias FramePiece = (stop: Int, frame: Int)

/// A decoder of datagrams whose messages may need several datagrams, for all peers together. It passes them to an
/// observer that reassembles them, and keeps what that finds.
///
/// It is an object, so that nothing is copied between a datagram and its records.
final class DatagramDecoder {
    /// The maximum number of datagrams in several frames that are kept.
    static let limit = 4096

    let definition: Definition
    // Access is unchecked because it cannot overlap. Only mutating functions of the `FlowTable` that owns a datagram
    // decoder reach it, and the observer that it calls knows neither.
    @exclusivity(unchecked) private var observer: any DatagramObserver
    /// The messages that the last datagram made known.
    @exclusivity(unchecked) private(set) var found: [ObservedMessage] = []
    /// The frames of each datagram that arrived in several, by its last frame. `order` has their order.
    private var pieces: [Int: [FramePiece]] = [:]
    private var order: [Int] = []
    /// The records of units of layers, from the oldest kept one on: the number of the unit, and of its record.
    private var units: [(unit: Int, record: Int)] = []

    init(_ definition: Definition, _ observer: any DatagramObserver) {
        self.definition = definition
        self.observer = observer
    }
    /// Receives a complete datagram and fills `found`.
    func receive(_ datagram: Datagram, _ bytes: RawSpan, _ pieces: [FramePiece], at mark: Mark, start: Timestamp) {
        if !pieces.isEmpty { remember(pieces, mark.frame) }
        found.removeAll(keepingCapacity: true)
        let passed = Instant(told: mark.time.passed(since: start))
        observer.observe(
            bytes, from: datagram.source, to: datagram.destination, number: mark.frame, at: passed, into: &found)
    }
    /// Returns a record of a datagram whose end is missing from the capture.
    func cut(_ bytes: RawSpan, missing: Int, _ pieces: [FramePiece]) -> ObservedMessage {
        var out = ObservedMessage(.incomplete, nil)
        out.bytes = bytes.withUnsafeBytes { [UInt8]($0) }
        out.parts = pieces.map { DatagramPart(0..<0, of: $0.frame, at: 0) }
        out.findings = [
            Finding(
                .warning, path: "",
                "\(bytes.byteCount) bytes of a partial message: \(missing) bytes are missing from the capture"
            )
        ]
        return out
    }
    /// Passes on a side of a session that a signaling protocol sets up.
    func learn(_ end: SignaledEnd) { observer.learn(end) }
    /// Ends the capture and fills `found`.
    func finish() {
        found.removeAll(keepingCapacity: true)
        observer.finish(into: &found)
        pieces = [:]
    }
    /// Returns true if a datagram between the same ends waits for others.
    func isWaiting(_ datagram: Datagram) -> Bool {
        observer.isWaiting(from: datagram.source, to: datagram.destination)
            || observer.isWaiting(from: datagram.destination, to: datagram.source)
    }
    private func remember(_ pieces: [FramePiece], _ frame: Int) {
        if self.pieces.updateValue(pieces, forKey: frame) == nil { order.append(frame) }
        guard order.count > Self.limit else { return }
        for old in order.prefix(Self.limit / 2) { self.pieces[old] = nil }
        order.removeFirst(Self.limit / 2)
    }

    /// Returns the parts of a message by frame: a part in a datagram that arrived in several frames is split.
    func parts(_ parts: [DatagramPart]) -> [DatagramPart] {
        guard !pieces.isEmpty else { return parts }
        var out: [DatagramPart] = []
        for part in parts {
            guard let several = pieces[part.number] else {
                out.append(part)
                continue
            }
            var begin = 0
            for (stop, frame) in several {
                // These offsets are in the payload of the datagram.
                let from = max(begin, part.offset)
                let to = min(stop, part.offset &+ part.range.count)
                if from < to {
                    let at = part.range.lowerBound &+ from &- part.offset
                    out.append(DatagramPart(at..<at &+ to &- from, of: frame, at: from &- begin))
                }
                begin = stop
            }
        }
        return out
    }
    /// Returns the frames of the datagram whose last frame this is.
    func frames(_ frame: Int) -> FrameNumbers {
        guard !pieces.isEmpty, let several = pieces[frame] else { return FrameNumbers(frame) }
        return FrameNumbers(several.map(\.frame)) ?? FrameNumbers(frame)
    }
    /// Notes the record of a unit of a layer.
    func note(unit: Int, record: Int) {
        if units.count >= 2 * Self.limit { units.removeFirst(Self.limit) }
        units.append((unit, record))
    }
    /// Returns the records of the units from which a message was made. Units from long ago are left out.
    func origins(of place: LayerPlace) -> [RecordOrigin] {
        place.origins.compactMap { origin in
            record(of: origin.unit).map { RecordOrigin(record: $0, range: origin.range, isMade: true) }
        }
    }
    private func record(of unit: Int) -> Int? {
        var (low, high) = (0, units.count)
        while low < high {
            let middle = (low + high) / 2
            if units[middle].unit < unit { low = middle + 1 } else { high = middle }
        }
        return low < units.count && units[low].unit == unit ? units[low].record : nil
    }
    /// Returns the frames of a message that was made or put together; `parts` are its parts by frame.
    func frames(of message: ObservedMessage, _ parts: [DatagramPart], at frame: Int) -> FrameNumbers {
        let origins = message.place?.origins ?? []
        let several = origins.flatMap { Array(frames($0.datagram)) } + parts.map(\.number)
        return FrameNumbers(several) ?? frames(frame)
    }
}
