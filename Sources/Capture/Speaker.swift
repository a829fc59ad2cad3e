import Node
import Wire

/// One direction of a conversation: keeps the bytes of a message until it is whole, and makes records.
struct Speaker {
    /// Bytes of memory that are kept when nothing is in them.
    static let roomKept = 64 << 10

    private var stream: MessageStream
    let isClient: Bool
    /// Bytes that belong to no record yet, and for each frame that they came in where its bytes end in the stream.
    private var kept: [UInt8] = []
    private var marks: [(end: Int64, mark: Mark)] = []
    /// Offset in the stream of the next byte that belongs to no record.
    private var offset: Int64 = 0
    /// The last message, to tell what bytes follow that are none.
    private var previous: (type: any Message.Type, length: Int, frame: Int)?
    /// To be told with the next record.
    private var notes: [Finding] = []
    /// Whether a message surely begins where one was found, and whether this side has said one. What is found otherwise
    /// may be no message at all: it proves nothing.
    private var isInStep = true
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
    var memory: Int { kept.capacity &+ marks.capacity &* 32 }
    /// True when a message is not whole.
    var isWaiting: Bool { !kept.isEmpty }
    /// Keys for what follows.
    mutating func learn(_ secrets: Secrets) { stream.learn(secrets) }
    /// To be told with the next record.
    mutating func tell(_ finding: Finding) { notes.append(finding) }

    mutating func receive(
        _ bytes: RawSpan, _ mark: Mark, _ other: inout Speaker, _ context: inout ConversationContext,
        _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        guard bytes.byteCount > 0 else { return }
        last = mark
        if kept.isEmpty {
            let taken = take(from: bytes, mark, false, &other, &context, &shared, &sink)
            guard taken < bytes.byteCount else { return }
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
        _ other: inout Speaker, _ context: inout ConversationContext, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        last = mark
        stream = MessageStream(context.freshFraming())
        isInStep = true
        bytes.withUnsafeBytes { kept.append(contentsOf: $0) }
        for p in pieces { marks.append((offset &+ Int64(p.stop), Mark(frame: p.frame, time: mark.time))) }
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
        _ mark: Mark, _ other: inout Speaker, _ context: inout ConversationContext, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        if !kept.isEmpty {
            last = mark
            ending = "too much is waiting for the rest of messages"
            isClosing = true
            takeKept(true, &other, &context, &shared, &sink)
            stream.lose(.givenUp)
            isInStep = false
        }
        kept = []
        marks = []
    }
    /// No more bytes will come that belong to those kept.
    mutating func finish(
        closed: Bool, _ other: inout Speaker, _ context: inout ConversationContext, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        ending = closed ? "the connection ends" : "the capture ends"
        isClosing = closed
        takeKept(true, &other, &context, &shared, &sink)
        // Nothing followed that could carry the notes. That a side which says nothing was met in the middle is none.
        guard notes.contains(where: { $0.severity > .info }) else { return }
        tell(.incomplete, nil, RawSpan(), [], last, &context, &shared, &sink)
    }
    mutating func gap(
        _ count: Int64, _ mark: Mark, _ other: inout Speaker, _ context: inout ConversationContext,
        _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        last = mark
        ending = "\(count) bytes are missing from the capture"
        isClosing = true
        takeKept(true, &other, &context, &shared, &sink)
        offset &+= count
        stream.lose(.afterGap)
        isInStep = false
        notes.append(
            Finding(
                .warning, path: "",
                "\(count) bytes are missing from the capture before this"))
    }
    mutating func beginMidStream() {
        stream.lose(.midStream)
        isInStep = false
        notes.append(
            Finding(
                .info, path: "",
                "the capture begins inside this connection"))
    }
    mutating func contradict(_ mark: Mark) {
        last = mark
        isContradicted = true
        let text = "bytes were sent again with other content: the first ones count"
        if !notes.contains(where: { $0.text == text }) { notes.append(Finding(.warning, path: "", text)) }
    }

    private mutating func remember(_ mark: Mark) {
        let end = offset &+ Int64(kept.count)
        if marks.count >= FrameNumbers.limit {
            marks[marks.count - 1] = (end, mark)
        } else {
            marks.append((end, mark))
        }
    }
    private mutating func takeKept(
        _ atEnd: Bool, _ other: inout Speaker, _ context: inout ConversationContext, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        // Moved out, so that its bytes can be lent while this changes.
        var bytes: [UInt8] = []
        swap(&bytes, &kept)
        let taken = take(from: bytes.span.bytes, nil, atEnd, &other, &context, &shared, &sink)
        if taken == bytes.count {
            // Room for a long message is not kept for short ones.
            bytes.removeAll(keepingCapacity: bytes.capacity <= Self.roomKept)
        } else {
            bytes.removeFirst(taken)
        }
        swap(&bytes, &kept)
    }
    /// Makes records of what stands at the front of `bytes`; returns how many bytes went into them.
    private mutating func take(
        from bytes: RawSpan, _ direct: Mark?, _ atEnd: Bool, _ other: inout Speaker,
        _ context: inout ConversationContext,
        _ shared: inout FlowContext, _ sink: inout some RecordSink
    ) -> Int {
        var at = 0
        while let part = stream.next(bytes.extracting(at...), atEnd: atEnd) {
            let kind: RecordKind
            var type: (any Message.Type)?
            var findings: [Finding] = []
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
                findings.append(finding(cause, n, bytes.extracting(at...), context.observer))
                isInStep = false
            case .incomplete(let n):
                (kind, length) = (.incomplete, n)
                findings.append(
                    Finding(
                        isClosing ? .warning : .info, path: "",
                        "\(n) bytes of a message that is not whole: \(ending)\(afterwards)"))
            }
            tell(
                kind, type, bytes.extracting(at..<at &+ length), findings, direct, &context, &shared, &sink)
            if let type { other.stream.heard(type, bytes.extracting(at..<at &+ length)) }
            at &+= length
        }
        return at
    }
    /// Makes one record.
    private mutating func tell(
        _ kind: RecordKind, _ type: (any Message.Type)?, _ bytes: RawSpan, _ findings: [Finding], _ direct: Mark?,
        _ context: inout ConversationContext, _ shared: inout FlowContext, _ sink: inout some RecordSink
    ) {
        let length = bytes.byteCount
        let (frames, time) = origin(length, direct)
        if strangeCount > 0, offset == strangeOffset { strangeFrame = frames[0] }
        var record = Record(
            number: shared.tally.records &+ 1, time: time, start: shared.tally.start ?? time,
            source: isClient ? context.client : context.server,
            destination: isClient ? context.server : context.client, transport: context.transport, flow: context.flow,
            lane: context.lane, protocolName: context.protocolName, kind: kind, message: type, offset: offset,
            length: length,
            frames: frames, isFromClient: isClient, notes: notes, isRemarkable: false)
        if !shared.comments.isEmpty { record.comments = shared.comments.of(frames) }
        if !findings.isEmpty { record.notes += findings }
        if !notes.isEmpty { notes.removeAll() }
        if let type {
            let look = shared.looks.look(type, bytes)
            record.isRemarkable = look != .plain
            if look == .refused, let error = type.check(bytes) {
                record.kind = .malformed
                let text = "malformed: \(error.description)"
                record.notes.append(
                    context.observer.mayBeNewer(bytes)
                        ? Finding(.warning, path: error.path, text + Self.newer)
                        : Finding(.violation, path: error.path, text))
            } else {
                isInStep = true
            }
            hasSpoken = hasSpoken || isInStep
            let passed = Instant(nanoseconds: max(0, record.time.nanoseconds &- record.start.nanoseconds))
            context.observer.observe(
                type, bytes, isGood: look != .refused, from: isClient ? .us : .them, at: passed, into: &record.notes)
            previous = (type, length, frames[frames.count - 1])
        }
        if !record.notes.isEmpty { weaken(&record.notes, isMessage: type != nil) }
        offset &+= Int64(length)
        shared.tally.records &+= 1
        sink.record(record, bytes)
    }
    /// The frames that the next `length` bytes came in, and the time of the latest.
    private mutating func origin(_ length: Int, _ direct: Mark?) -> (FrameNumbers, Timestamp) {
        if let direct { return (FrameNumbers(direct.frame), direct.time) }
        let end = offset &+ Int64(length)
        // Nearly all messages come in one or two packets.
        if marks.count == 1, marks[0].end >= end {
            let mark = marks[0].mark
            if marks[0].end == end { marks.removeAll(keepingCapacity: true) }
            return (FrameNumbers(mark.frame), mark.time)
        }
        if marks.count == 2, marks[0].end < end, marks[1].end >= end {
            let (a, b) = (marks[0].mark, marks[1].mark)
            marks.removeFirst(marks[1].end == end ? 2 : 1)
            return (FrameNumbers(a.frame, b.frame), max(a.time, b.time))
        }
        var numbers: [Int] = []
        var time = marks.first?.mark.time ?? last.time
        var passed = 0
        for (stop, mark) in marks {
            numbers.append(mark.frame)
            time = max(time, mark.time)
            if stop <= end { passed &+= 1 }
            if stop >= end { break }
        }
        marks.removeFirst(passed)
        return (FrameNumbers(numbers) ?? FrameNumbers(last.frame), time)
    }

    /// Makes warnings of violations that are not certain.
    private mutating func weaken(_ notes: inout [Finding], isMessage: Bool) {
        let doubt =
            isContradicted
            ? ", unless its receiver got other bytes" : isMessage && !isInStep ? ", unless no message begins here" : nil
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
    private func strange(_ text: String, _ rest: RawSpan, _ observer: any Observer) -> Finding {
        if !isInStep { return Finding(.warning, path: "", text + ", unless no message begins here") }
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
        _ cause: MessageStream.Cause, _ count: Int, _ rest: RawSpan, _ observer: any Observer
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
