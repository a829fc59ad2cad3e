import Node
import Wire

/// A maker of the records of one direction of a conversation. It knows in which frames the bytes arrived, how certain it
/// is that messages begin where they were found, and what is wrong or odd about the bytes.
struct RecordMaker {
    let direction: StreamDirection
    /// The frames of the bytes that belong to no record yet, each with the offset where its bytes end.
    private(set) var marks = FrameMarks()
    /// The offset in the stream of the next byte that belongs to no record.
    private(set) var offset: Int64 = 0
    /// The last message. Findings about bytes after it name it.
    private var previous: (type: any Message.Type, length: Int, frame: Int)?
    /// The findings for the next record.
    var notes: [Finding] = []
    /// The certainty that messages begin where they were found. `hasSpoken` is true if one was certain in this
    /// direction. An uncertain message may be a coincidence, so it proves nothing.
    var confidence = FramingConfidence()
    private var hasSpoken = false
    /// True if the receiver may have received other bytes than those that are decoded.
    var isContradicted = false
    var last = Mark(frame: 0, time: Timestamp(nanoseconds: 0))
    /// The bytes since the last message that are not a message: their number, and the offset and frame of the first.
    var strange = (count: 0, offset: 0 as Int64, frame: 0)
    /// The state for layers. It is created only for layers, so that other connections need no memory for it.
    var layered: LayerState?

    init(_ direction: StreamDirection) { self.direction = direction }

    /// True if a finding for the next record is more than information.
    var hasNews: Bool { notes.contains { $0.severity > .info } }
    /// Adds a finding to the next record.
    mutating func note(_ finding: Finding) { if !notes.contains(finding) { notes.append(finding) } }
    /// Notes that the bytes up to `count` bytes after the last record arrived in this frame.
    mutating func mark(_ mark: Mark, ahead count: Int) { marks.add(offset &+ Int64(count), mark) }
    /// Forgets the frames of the bytes that belong to no record.
    mutating func removeMarks() { marks.removeAll() }
    /// Passes over bytes that go into no record.
    mutating func skip(_ count: Int64) { offset &+= count }
    /// Counts bytes at the front that are not a message.
    mutating func addStrange(_ count: Int) {
        if strange.count == 0 { strange.offset = offset }
        strange.count &+= count
    }
    mutating func layerState() -> LayerState {
        if let layered { return layered }
        let made = LayerState()
        layered = made
        return made
    }
    /// Makes one record.
    mutating func emit(
        _ kind: RecordKind, of type: (any Message.Type)?, from bytes: RawSpan, finding: Finding?, at direct: Mark?,
        in context: inout ConversationContext, with shared: inout FlowContext, to sink: inout some RecordSink
    ) {
        let length = bytes.byteCount
        let origin =
            direct.map(FrameMarks.Origin.init) ?? marks.origin(to: offset &+ Int64(length)) ?? FrameMarks.Origin(last)
        let time = origin.time
        let start = shared.tally.start ?? time
        if strange.count > 0, offset == strange.offset { strange.frame = origin.first }
        var found: [Finding] = []
        if !notes.isEmpty { swap(&found, &notes) }
        if let finding { found.append(finding) }
        var kind = kind
        var inspection = Inspection.plain
        if let type {
            inspection = shared.inspections.inspection(type, bytes)
            if inspection == .refused, let error = type.check(bytes) {
                kind = .malformed
                let text = "malformed: \(error.description)"
                found.append(
                    context.observer.mayBeNewer(bytes)
                        ? Finding(.warning, path: error.path, text + Self.newer)
                        : Finding(.violation, path: error.path, text))
            } else if !confidence.isFirm, context.streams[direction].isMarked(type) {
                confidence.step(length)
            }
            hasSpoken = hasSpoken || confidence.isFirm
            let passed = Instant(told: time.passed(since: start))
            context.observer.observe(
                type, bytes, isGood: inspection != .refused,
                from: direction.sender(isSwapped: context.isSwapped), at: passed, into: &found)
            if context.hasSharedObserver {
                context.share(
                    type, bytes, isGood: inspection != .refused, direction, record: shared.tally.records &+ 1,
                    at: passed, into: &found)
            }
            previous = (type, length, origin.last)
        }
        if !found.isEmpty { weaken(&found, isMessage: type != nil) }
        let begin = offset
        offset &+= Int64(length)
        let ends = context.ends
        if found.isEmpty, inspection == .plain, let type, sink.takesPlain, context.path.isEmpty {
            marks.use(origin)
            return shared.emitPlain(
                type, at: time, length: length, between: ends, going: direction, of: context.protocolName, to: &sink)
        }
        let frames = layered?.frames ?? marks.frames(origin)
        marks.use(origin)
        let isSealed = context.isLayer && type != nil && context.carrier?.isSealed ?? false
        if isSealed, ConversationPath.isBottom(context.path) { shared.tally.sealedBytes &+= length }
        // The record is a constant, so that it is passed on without a copy.
        let record = Record(
            number: 0, time: time, start: start, source: ends.source(direction), tcpStream: ends.stream,
            destination: ends.source(direction.opposite), transport: .tcp, flow: ends.flow,
            protocolName: context.protocolName, kind: kind, message: type, offset: begin, length: length,
            frames: frames, isFromClient: direction.isFromClient, notes: found, isRemarkable: inspection != .plain,
            path: context.path, carries: context.isLayer ? context.carried(shared) : .nothing, isSealed: isSealed,
            isPlain: context.isPlain,
            origins: layered?.places ?? [])
        shared.emit(record, bytes, &sink)
        if context.isLayer {
            layerState().unit = UnitOrigin(record: shared.tally.records, frames: frames, time: time)
        }
    }
    /// Turns violations that are not certain into warnings.
    private mutating func weaken(_ notes: inout [Finding], isMessage: Bool) {
        let doubt =
            isContradicted
            ? ", unless its receiver got different bytes"
            : isMessage && !confidence.isFirm ? ", unless no message begins here" : nil
        isContradicted = false
        guard let doubt else { return }
        for i in notes.indices where notes[i].severity == .violation {
            notes[i].severity = .warning
            notes[i].text += doubt
        }
    }
    /// Returns the note that the bytes do not look like the protocol that the user declared.
    func doubt(_ context: borrowing ConversationContext, _ shared: borrowing FlowContext) -> CaptureNote {
        let (ends, name) = (context.ends, context.protocolName)
        return shared.warning(
            ends.flow,
            "no \(name) message begins in \(strange.count) bytes from offset \(strange.offset) of what "
                + "\(ends.source(direction)) sends in flow \(ends.flow): a rule selects \(name), so decoding continues"
        )
    }
    private static let newer = ", unless it belongs to a newer generation"
    /// Returns the finding about bytes at the front of `rest` that are not a message.
    private func strange(_ text: String, _ rest: RawSpan, _ observer: PassiveObserver) -> Finding {
        if !confidence.isFirm { return Finding(.warning, path: "", text + ", unless no message begins here") }
        if !hasSpoken { return Finding(.warning, path: "", text + ", unless another protocol is spoken here") }
        if observer.mayBeNewer(rest) { return Finding(.warning, path: "", text + Self.newer) }
        return Finding(.violation, path: "", text)
    }
    var afterwards: String {
        guard let previous else { return "" }
        return ", after \(previous.type.name), which declares \(previous.length) bytes (frame \(previous.frame))"
    }
    /// Returns the finding about `count` bytes at the front of `rest` that are not a message.
    func finding(
        _ cause: MessageStream.Cause, count: Int, _ rest: RawSpan, in context: ConversationContext
    ) -> Finding {
        let bytes = count == 1 ? "1 byte" : "\(count) bytes"
        switch cause {
        case .refused(let why):
            return strange("\(bytes) that no header declares\(afterwards): \(why)", rest, context.observer)
        case .tooLong:
            let message = context.streams[direction].announced(by: rest)?.textInBytes ?? "message"
            let text = "\(bytes) of a \(message), and a message may have at most \(StreamLimits.message) bytes"
            return strange(text, rest, context.observer)
        case .afterGap:
            return Finding(.info, path: "", "\(bytes) of a message whose beginning is missing from the capture")
        case .givenUp:
            return Finding(.info, path: "", "\(bytes) of a message whose beginning was dropped")
        case .midStream: return Finding(.info, path: "", "\(bytes) of a message that began before the capture")
        }
    }
}

/// The certainty that messages begin where they were found in one direction of a stream.
///
/// From the first byte on it is certain. After a gap, in the middle of a connection, and after bytes that are not a
/// message, bytes inside a message can look like messages. It becomes certain again after several messages in a row, if
/// each begins where the one before ends.
struct FramingConfidence {
    /// The number of messages in a row that is not a coincidence.
    static let messages = StreamLimits.firmMessages
    /// The number of bytes that these messages must also have. Bytes inside a message that look like messages would
    /// have to fill a large part of it.
    static let bytes = StreamLimits.firmBytes

    /// True if the messages that are found are certain.
    private(set) var isFirm = true
    private var count: UInt8 = 0
    private var length: UInt32 = 0
    /// True if an error is certain already. Then a single message restores certainty.
    private var hasSlipped = false

    /// Notes that the beginnings of messages are no longer known.
    mutating func lose() { self = Self(isFirm: false) }
    /// Notes that bytes between messages are certainly not a message, and that no bytes are missing.
    mutating func slip() {
        guard isFirm else { return }
        lose()
        hasSlipped = true
    }
    /// Counts a message that begins where the one before ends.
    mutating func step(_ bytes: Int) {
        guard !isFirm else { return }
        // A message may be as long as its protocol allows, so the counters stop at these limits.
        count = min(count &+ 1, UInt8(Self.messages))
        length = UInt32(min(Int(length) &+ bytes, Self.bytes))
        if hasSlipped || count >= Self.messages && length >= Self.bytes { self = Self() }
    }

    init() {}
    private init(isFirm: Bool) { self.isFirm = isFirm }
}
