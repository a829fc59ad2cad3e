import Node
import Wire

/// One direction of a conversation: keeps the bytes of a message until it is whole, and makes records.
struct StreamDirection {
    /// Bytes of memory that are kept when nothing is in them.
    static let roomKept = 64 << 10

    private var stream: MessageStream
    let isClient: Bool
    /// Bytes that belong to no record yet, and for each frame that they came in where its bytes end in the stream.
    private var kept: [UInt8] = []
    private var marks = FrameMarks()
    /// Offset in the stream of the next byte that belongs to no record.
    private var offset: Int64 = 0
    /// The last message, to tell what bytes follow that are none.
    private var previous: (type: any Message.Type, length: Int, frame: Int)?
    /// To be told with the next record.
    private var notes: [Finding] = []
    /// Whether a message surely begins where one was found, and whether this side has said one. What is found otherwise
    /// may be no message at all: it proves nothing.
    private var footing = FramingConfidence()
    private var hasSpoken = false
    /// The receiver may have got other bytes than those that are looked at.
    private var isContradicted = false
    /// Why no more bytes come, and whether that is worth a warning.
    private var ending = ""
    private var isClosing = false
    private var last = Mark(frame: 0, time: Timestamp(nanoseconds: 0))
    /// Bytes since the last message that are none, where they begin and in which frame.
    private(set) var strangeCount = 0
    private(set) var strangeOffset: Int64 = 0
    private(set) var strangeFrame = 0
    /// True when those are too many: the rest is not this protocol's.
    private(set) var isLost = false

    init(_ framing: any Framing, isClient: Bool) {
        stream = MessageStream(framing)
        self.isClient = isClient
    }

    /// Bytes of memory that are kept.
    var memory: Int { kept.capacity &+ marks.memory }
    /// True when a message is not whole.
    var isWaiting: Bool { !kept.isEmpty }
    /// Keys for what follows.
    mutating func learn(_ secrets: Secrets) { stream.learn(secrets) }
    /// To be told with the next record.
    mutating func tell(_ finding: Finding) { if !notes.contains(finding) { notes.append(finding) } }

    mutating func receive(
        _ bytes: RawSpan, _ mark: Mark, _ other: inout StreamDirection, _ context: inout ConversationContext,
        _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        guard bytes.byteCount > 0 else { return }
        last = mark
        if kept.isEmpty {
            let taken = take(from: bytes, mark, false, &other, &context, &shared, &sink)
            guard taken < bytes.byteCount else { return }
            if stream.needed > Self.roomKept, kept.capacity < shared.spareRoom.capacity {
                swap(&kept, &shared.spareRoom)
            }
            bytes.extracting(taken...).withUnsafeBytes { kept.append(contentsOf: $0) }
            remember(mark)
        } else {
            bytes.withUnsafeBytes { kept.append(contentsOf: $0) }
            remember(mark)
            takeKept(false, &other, &context, &shared, &sink)
        }
    }
    /// A datagram: whole messages, but for what is `missing` at its end.
    mutating func receive(
        datagram bytes: RawSpan, missing: Int, _ pieces: [(stop: Int, frame: Int)], _ mark: Mark,
        _ other: inout StreamDirection, _ context: inout ConversationContext, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        last = mark
        stream = MessageStream(context.freshFraming())
        footing = FramingConfidence()
        bytes.withUnsafeBytes { kept.append(contentsOf: $0) }
        for p in pieces { marks.add(offset &+ Int64(p.stop), Mark(frame: p.frame, time: mark.time)) }
        if pieces.isEmpty { remember(mark) }
        ending = missing > 0 ? "\(missing) bytes are missing from the capture" : "the datagram ends"
        isClosing = true
        takeKept(true, &other, &context, &shared, &sink)
        if missing > 0 {
            shared.tally.gaps &+= 1
            shared.tally.gapBytes &+= missing
        }
        offset &+= Int64(missing)
        (strangeCount, isLost) = (0, false)
        marks.removeAll(keepingCapacity: true)
    }
    /// There is no room to wait for the rest of a message.
    mutating func giveUpWaiting(
        _ mark: Mark, _ other: inout StreamDirection, _ context: inout ConversationContext, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        if !kept.isEmpty {
            last = mark
            ending = "too much is waiting for the rest of messages"
            isClosing = true
            takeKept(true, &other, &context, &shared, &sink)
            stream.lose(.givenUp)
            footing.lose()
        }
        kept = []
        marks.removeAll()
    }
    /// No more bytes will come that belong to those kept.
    mutating func finish(
        closed: Bool, _ other: inout StreamDirection, _ context: inout ConversationContext, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        ending = closed ? "the connection ends" : "the capture ends"
        isClosing = closed
        takeKept(true, &other, &context, &shared, &sink)
        // Nothing followed that could carry the notes. That a side which says nothing was met in the middle is none.
        guard notes.contains(where: { $0.severity > .info }) else { return }
        tell(.incomplete, nil, RawSpan(), nil, last, &context, &shared, &sink)
    }
    mutating func gap(
        _ count: Int64, _ mark: Mark, _ other: inout StreamDirection, _ context: inout ConversationContext,
        _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        last = mark
        ending = "\(count) bytes are missing from the capture"
        isClosing = true
        let behind = kept.count
        takeKept(true, &other, &context, &shared, &sink)
        offset &+= count
        stream.lose(.afterGap, count, behind: behind)
        footing.lose()
        notes.append(
            Finding(
                .warning, path: "",
                "\(count) bytes are missing from the capture before this"))
    }
    mutating func beginMidStream() {
        // What the other side asked for in what was seen may be all that comes.
        stream.lose(.midStream, 0)
        footing.lose()
        notes.append(
            Finding(
                .info, path: "",
                "the capture begins inside this connection"))
    }
    /// Bytes came that stand before those which were handed out first.
    mutating func tellTooLate(_ count: Int, _ mark: Mark) {
        last = mark
        tell(
            Finding(
                .warning, path: "",
                "\(count == 1 ? "1 byte" : "\(count) bytes") before the first ones that were captured came behind them: too late "
                    + "to be put in place"))
    }
    mutating func contradict(_ mark: Mark) {
        last = mark
        isContradicted = true
        let text = "bytes were sent again with other content: the first ones count"
        if !notes.contains(where: { $0.text == text }) { notes.append(Finding(.warning, path: "", text)) }
    }

    private mutating func remember(_ mark: Mark) { marks.add(offset &+ Int64(kept.count), mark) }
    private mutating func takeKept(
        _ atEnd: Bool, _ other: inout StreamDirection, _ context: inout ConversationContext,
        _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        // Moved out, so that its bytes can be lent while this changes.
        var bytes: [UInt8] = []
        swap(&bytes, &kept)
        let taken = take(from: bytes.span.bytes, nil, atEnd, &other, &context, &shared, &sink)
        if taken == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            // Room for a long message is not kept for short ones, but for the next long one of all connections.
            if bytes.capacity > Self.roomKept {
                if shared.spareRoom.capacity < bytes.capacity, bytes.capacity <= FlowContext.spareLimit {
                    swap(&bytes, &shared.spareRoom)
                }
                if bytes.capacity > Self.roomKept { bytes = [] }
            }
        } else {
            bytes.removeFirst(taken)
        }
        swap(&bytes, &kept)
    }
    /// Makes records of what stands at the front of `bytes`; returns how many bytes went into them.
    private mutating func take(
        from bytes: RawSpan, _ direct: Mark?, _ atEnd: Bool, _ other: inout StreamDirection,
        _ context: inout ConversationContext,
        _ shared: inout FlowContext, _ sink: inout some RecordSink
    ) -> Int {
        var at = 0
        while let part = stream.next(bytes.extracting(at...), atEnd: atEnd) {
            let kind: RecordKind
            var type: (any Message.Type)?
            var finding: Finding?
            let length: Int
            switch part {
            case .message(let message, let n):
                (kind, type, length) = (.message, message, n)
                strangeCount = 0
            case .debris(let n, let cause):
                length = n
                if strangeCount == 0 { strangeOffset = offset }
                strangeCount &+= n
                let isMuch = strangeCount >= shared.limits.strange
                isLost = isMuch && !context.isClaimed
                // Told once for each stretch.
                if isMuch, context.isClaimed, strangeCount &- n < shared.limits.strange {
                    sink.note(doubt(context, shared.frame))
                }
                kind = cause == .afterGap || cause == .midStream || cause == .givenUp ? .incomplete : .malformed
                finding = self.finding(cause, n, bytes.extracting(at...), context.observer)
                if finding?.severity == .violation { footing.slip() } else { footing.lose() }
            case .incomplete(let n):
                (kind, length) = (.incomplete, n)
                finding = Finding(
                    isClosing ? .warning : .info, path: "",
                    "\(n) bytes of a message that is not whole: \(ending)\(afterwards)")
            }
            tell(
                kind, type, bytes.extracting(at..<at &+ length), finding, direct, &context, &shared, &sink)
            if let type { other.stream.heard(type, bytes.extracting(at..<at &+ length)) }
            at &+= length
        }
        return at
    }
    /// Makes one record.
    private mutating func tell(
        _ kind: RecordKind, _ type: (any Message.Type)?, _ bytes: RawSpan, _ finding: Finding?, _ direct: Mark?,
        _ context: inout ConversationContext, _ shared: inout FlowContext, _ sink: inout some RecordSink
    ) {
        let length = bytes.byteCount
        let origin =
            direct.map(FrameMarks.Origin.init) ?? marks.origin(to: offset &+ Int64(length)) ?? FrameMarks.Origin(last)
        let time = origin.time
        let start = shared.tally.start ?? time
        if strangeCount > 0, offset == strangeOffset { strangeFrame = origin.first }
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
            } else {
                if stream.isMarked(type) { footing.step(length) }
            }
            hasSpoken = hasSpoken || footing.isFirm
            let passed = Instant(told: time.passed(since: start))
            context.observer.observe(
                type, bytes, isGood: inspection != .refused, from: isClient ? .us : .them, at: passed, into: &found)
            previous = (type, length, origin.last)
        }
        if !found.isEmpty { weaken(&found, isMessage: type != nil) }
        let place = offset
        offset &+= Int64(length)
        shared.tally.records &+= 1
        let (source, destination) = isClient ? (context.client, context.server) : (context.server, context.client)
        if found.isEmpty, inspection == .plain, let type, sink.takesPlain {
            let message = PlainMessage(
                type: type, time: time, start: start, source: source, destination: destination, flow: context.flow,
                length: length, isFromClient: isClient)
            marks.use(origin)
            return sink.plain(message, of: context.protocolName)
        }
        let frames = marks.frames(origin)
        marks.use(origin)
        var record = Record(
            number: shared.tally.records, time: time, start: start, source: source, destination: destination,
            transport: context.transport, flow: context.flow, protocolName: context.protocolName,
            kind: kind, message: type, offset: place, length: length, frames: frames, isFromClient: isClient,
            notes: found, isRemarkable: inspection != .plain)
        if !shared.comments.isEmpty { record.comments = shared.comments.of(frames) }
        sink.record(record, bytes)
    }
    /// Makes warnings of violations that are not certain.
    private mutating func weaken(_ notes: inout [Finding], isMessage: Bool) {
        let doubt =
            isContradicted
            ? ", unless its receiver got other bytes"
            : isMessage && !footing.isFirm ? ", unless no message begins here" : nil
        isContradicted = false
        guard let doubt else { return }
        for i in notes.indices where notes[i].severity == .violation {
            notes[i].severity = .warning
            notes[i].text += doubt
        }
    }
    /// What the user says is not what it looks like.
    private func doubt(_ context: borrowing ConversationContext, _ frame: Int) -> CaptureNote {
        let (source, name) = (isClient ? context.client : context.server, context.protocolName)
        return CaptureNote(
            severity: .warning, frame: frame, flow: context.flow,
            text: "no \(name) message begins in \(strangeCount) bytes from offset \(strangeOffset) of what \(source) "
                + "sends in flow \(context.flow): a rule says that it is \(name), so it is read on")
    }
    private static let newer = ", unless it is of a newer generation"
    /// What is wrong with bytes that are no message, which are the first of `rest`.
    private func strange(_ text: String, _ rest: RawSpan, _ observer: PassiveObserver) -> Finding {
        if !footing.isFirm { return Finding(.warning, path: "", text + ", unless no message begins here") }
        if !hasSpoken { return Finding(.warning, path: "", text + ", unless another protocol is spoken here") }
        if observer.mayBeNewer(rest) { return Finding(.warning, path: "", text + Self.newer) }
        return Finding(.violation, path: "", text)
    }
    private var afterwards: String {
        guard let previous else { return "" }
        return ", after \(previous.type.name), which declares \(previous.length) bytes (frame \(previous.frame))"
    }
    /// What is wrong with so many bytes that are no message, which are the first of `rest`.
    private func finding(
        _ cause: MessageStream.Cause, _ count: Int, _ rest: RawSpan, _ observer: PassiveObserver
    ) -> Finding {
        let bytes = count == 1 ? "1 byte" : "\(count) bytes"
        switch cause {
        case .refused(let why):
            return strange("\(bytes) that no header declares\(afterwards): \(why)", rest, observer)
        case .tooLong:
            let limit = MessageStream.messageLimit
            return strange(
                "\(bytes) of a message that would be longer than \(limit) bytes\(afterwards)", rest, observer)
        case .afterGap:
            return Finding(.info, path: "", "\(bytes) of a message whose beginning is missing from the capture")
        case .givenUp:
            return Finding(.info, path: "", "\(bytes) of a message whose beginning was given up")
        case .midStream: return Finding(.info, path: "", "\(bytes) of a message that began before the capture")
        }
    }
}
