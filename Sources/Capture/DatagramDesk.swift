import Node
import Wire

/// Datagrams of a protocol whose messages may take several, whoever sends them to whom: hands them to what puts them
/// together, and makes records of what that tells.
struct DatagramDesk {
    /// Datagrams that came in several frames and are remembered.
    static let limit = 4096

    let protocolName: String
    private var observer: any DatagramObserver
    /// What the last datagram brought to know.
    private(set) var heard: [OverheardMessage] = []
    /// By the last frame of a datagram, the frames that it came in, by where their bytes end; and the order of those.
    private var pieces: [Int: [(stop: Int, frame: Int)]] = [:]
    private var order: [Int] = []

    init(_ protocolName: String, _ observer: any DatagramObserver) {
        self.protocolName = protocolName
        self.observer = observer
    }
    /// A datagram with all its bytes; fills `heard`.
    mutating func receive(
        _ datagram: Datagram, _ bytes: RawSpan, _ pieces: [(stop: Int, frame: Int)], _ mark: Mark, start: Timestamp
    ) {
        if !pieces.isEmpty { remember(pieces, mark.frame) }
        heard.removeAll(keepingCapacity: true)
        let passed = Instant(nanoseconds: max(0, mark.time.nanoseconds &- start.nanoseconds))
        observer.observe(
            bytes, from: datagram.source, to: datagram.destination, number: mark.frame, at: passed, into: &heard)
    }
    /// No more come; fills `heard`.
    mutating func finish() {
        heard.removeAll(keepingCapacity: true)
        observer.finish(into: &heard)
        pieces = [:]
    }
    /// Whether a datagram from one end to the other waits for others.
    func isWaiting(_ datagram: Datagram) -> Bool {
        observer.isWaiting(from: datagram.source, to: datagram.destination)
    }
    private mutating func remember(_ pieces: [(stop: Int, frame: Int)], _ frame: Int) {
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
        pieces[frame].flatMap { FrameNumbers($0.map(\.frame)) } ?? FrameNumbers(frame)
    }
}

/// Who speaks to whom in a connection, and which it is.
struct FlowEnds {
    var flow: Int
    var client: Endpoint
    var server: Endpoint
}

extension FlowContext {
    /// Makes a record of something that was told by a desk; `payload` are the bytes of the datagram that made it known.
    mutating func tell(
        _ told: OverheardMessage, _ desk: DatagramDesk, _ ends: FlowEnds, fromClient isClient: Bool, _ payload: RawSpan,
        _ sink: inout some RecordSink
    ) {
        let parts = told.parts.isEmpty ? [] : desk.parts(told.parts)
        let isDatagram = told.kind == .datagram || told.kind == .malformed
        let kind: RecordKind
        switch told.kind {
        case .datagram, .rejoined: kind = .message
        case .malformed: kind = .malformed
        case .incomplete, .givenUp: kind = .incomplete
        }
        let start = tally.start ?? time
        let length = isDatagram ? payload.byteCount : told.bytes.count
        var record = Record(
            number: tally.records &+ 1,
            time: told.time.map { Timestamp(nanoseconds: start.nanoseconds &+ $0.nanoseconds) } ?? time,
            start: start, source: isClient ? ends.client : ends.server,
            destination: isClient ? ends.server : ends.client, transport: .udp, flow: ends.flow,
            lane: FlowLane(ends.client, ends.server, .udp), protocolName: desk.protocolName, kind: kind,
            message: told.type, offset: 0, length: length,
            frames: isDatagram ? desk.frames(frame) : FrameNumbers(parts.map(\.number)) ?? FrameNumbers(frame),
            isFromClient: isClient, notes: told.findings, isRemarkable: told.isRemarkable, hint: told.hint,
            isRepeated: told.isRepeated,
            parts: told.kind == .rejoined ? parts : [])
        if !comments.isEmpty { record.comments = comments.of(record.frames) }
        tally.records &+= 1
        if told.kind == .givenUp { tally.flowsGivenUp &+= 1 }
        if isDatagram { sink.record(record, payload) } else { sink.record(record, told.bytes.span.bytes) }
    }
    /// A datagram of which the capture lacks the end.
    mutating func tell(
        cut payload: RawSpan, missing: Int, _ protocolName: String, _ ends: FlowEnds, fromClient isClient: Bool,
        _ pieces: [(stop: Int, frame: Int)], _ sink: inout some RecordSink
    ) {
        tally.gaps &+= 1
        tally.gapBytes &+= missing
        let text =
            "\(payload.byteCount) bytes of a message that is not whole: \(missing) bytes are missing from the capture"
        var record = Record(
            number: tally.records &+ 1, time: time, start: tally.start ?? time,
            source: isClient ? ends.client : ends.server, destination: isClient ? ends.server : ends.client,
            transport: .udp, flow: ends.flow,
            lane: FlowLane(ends.client, ends.server, .udp), protocolName: protocolName, kind: .incomplete, message: nil,
            offset: 0,
            length: payload.byteCount, frames: FrameNumbers(pieces.map(\.frame)) ?? FrameNumbers(frame),
            isFromClient: isClient, notes: [Finding(.warning, path: "", text)], isRemarkable: false)
        if !comments.isEmpty { record.comments = comments.of(record.frames) }
        tally.records &+= 1
        sink.record(record, payload)
    }
    /// What hears the datagrams of a protocol; nil when each conversation is understood by itself.
    mutating func desk(of definition: Definition) -> Int? {
        for i in desks.indices where desks[i].protocolName == definition.name { return i }
        guard let make = definition.datagramObserver else { return nil }
        desks.append(DatagramDesk(definition.name, make(scrutiny, limits.memory / 2)))
        return desks.count &- 1
    }
}
