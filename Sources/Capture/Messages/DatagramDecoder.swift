import Node
import Wire

/// Bytes of a datagram that one frame brought, by where they end.
typealias FramePiece = (stop: Int, frame: Int)

/// Datagrams of a protocol whose messages may take several, whoever sends them to whom: hands them to what puts them
/// together, and keeps what that finds.
///
/// An object, so that nothing of it is copied on the way from a datagram to its records.
final class DatagramDecoder {
    /// Datagrams that came in several frames and are remembered.
    static let limit = 4096

    let definition: Definition
    // Unchecked, because it cannot be violated: a datagram decoder is reached through mutating functions of the one
    // `FlowTable` that has it, and what it calls, an observer, knows neither.
    @exclusivity(unchecked) private var observer: any DatagramObserver
    /// What the last datagram made known.
    @exclusivity(unchecked) private(set) var found: [ObservedMessage] = []
    /// By the last frame of a datagram, the frames that it came in; and the order of those.
    private var pieces: [Int: [FramePiece]] = [:]
    private var order: [Int] = []

    init(_ definition: Definition, _ observer: any DatagramObserver) {
        self.definition = definition
        self.observer = observer
    }
    /// A datagram with all its bytes; fills `found`.
    func receive(_ datagram: Datagram, _ bytes: RawSpan, _ pieces: [FramePiece], _ mark: Mark, start: Timestamp) {
        if !pieces.isEmpty { remember(pieces, mark.frame) }
        found.removeAll(keepingCapacity: true)
        let passed = Instant(told: mark.time.passed(since: start))
        observer.observe(
            bytes, from: datagram.source, to: datagram.destination, number: mark.frame, at: passed, into: &found)
    }
    /// A datagram of which the capture lacks the end.
    func cut(_ bytes: RawSpan, missing: Int, _ pieces: [FramePiece]) -> ObservedMessage {
        var out = ObservedMessage(.incomplete, nil)
        out.bytes = bytes.withUnsafeBytes { [UInt8]($0) }
        out.parts = pieces.map { DatagramPart(0..<0, of: $0.frame, at: 0) }
        out.findings = [
            Finding(
                .warning, path: "",
                "\(bytes.byteCount) bytes of a message that is not whole: \(missing) bytes are missing from the capture"
            )
        ]
        return out
    }
    /// No more come; fills `found`.
    func finish() {
        found.removeAll(keepingCapacity: true)
        observer.finish(into: &found)
        pieces = [:]
    }
    /// Whether a datagram between the ends of this one waits for others.
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

    /// Where a message stood, in frames: those of datagrams that came in several are told one by one.
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
                // In the payload of the datagram.
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
    /// The frames that a datagram came in whose last one this is.
    func frames(_ frame: Int) -> FrameNumbers {
        guard !pieces.isEmpty, let several = pieces[frame] else { return FrameNumbers(frame) }
        return FrameNumbers(several.map(\.frame)) ?? FrameNumbers(frame)
    }
}
