import Node
import Wire

/// A reassembler of the messages of one direction of a conversation. It keeps the bytes of a message until it is
/// complete, and makes records.
struct MessageReassembler {
    /// The maximum capacity in bytes of an empty buffer that is kept.
    static let capacityKept = 64 << 10

    private let direction: StreamDirection
    /// The bytes that belong to no record yet. `marks` has, for each of their frames, the offset where its bytes end.
    private var kept: [UInt8] = []
    private var marks = FrameMarks()
    /// The offset in the stream of the next byte that belongs to no record.
    private var offset: Int64 = 0
    /// The last message. Findings about bytes after it name it.
    private var previous: (type: any Message.Type, length: Int, frame: Int)?
    /// The findings for the next record.
    private var notes: [Finding] = []
    /// The certainty that messages begin where they were found. `hasSpoken` is true if one was certain in this
    /// direction. An uncertain message may be a coincidence, so it proves nothing.
    private var confidence = FramingConfidence()
    private var hasSpoken = false
    /// True if the receiver may have received other bytes than those that are decoded.
    private var isContradicted = false
    /// The reason why no more bytes follow. `isClosing` is true if that is worth a warning.
    private var ending = ""
    private var isClosing = false
    private var last = Mark(frame: 0, time: Timestamp(nanoseconds: 0))
    /// The bytes since the last message that are not a message: their number, and the offset and frame of the first.
    private(set) var strange = (count: 0, offset: 0 as Int64, frame: 0)
    /// The state for layers. It is created only for layers, so that other connections need no memory for it.
    private var layered: LayerState?
    /// True if there are too many of these bytes, so that the rest belongs to another protocol.
    private(set) var isLost = false

    init(_ direction: StreamDirection) { self.direction = direction }

    /// The number of bytes of memory that are kept.
    var memory: Int { kept.capacity &+ marks.memory }
    /// True if a message is incomplete.
    var isWaiting: Bool { !kept.isEmpty }
    /// Adds a finding to the next record.
    mutating func note(_ finding: Finding) { if !notes.contains(finding) { notes.append(finding) } }

    mutating func receive(
        _ bytes: RawSpan, at mark: Mark, in context: inout ConversationContext, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        guard bytes.byteCount > 0 else { return }
        last = mark
        guard kept.isEmpty, marks.isEmpty else {
            keep(bytes, mark)
            return takeKept(atEnd: false, in: &context, with: &shared, to: &sink)
        }
        let taken = take(from: bytes, at: mark, atEnd: false, in: &context, with: &shared, to: &sink)
        guard taken < bytes.byteCount else { return }
        if context.streams[direction].needed > Self.capacityKept, kept.capacity < shared.spareBuffer.capacity {
            swap(&kept, &shared.spareBuffer)
        }
        keep(bytes.extracting(taken...), mark)
    }
    private mutating func keep(_ bytes: RawSpan, _ mark: Mark) {
        bytes.withUnsafeBytes { kept.append(contentsOf: $0) }
        marks.add(offset &+ Int64(kept.count), mark)
    }
    /// Notes that the next bytes arrived in this frame too.
    mutating func mark(_ mark: Mark) { marks.add(offset &+ Int64(kept.count), mark) }
    /// Reads the kept bytes again. Returns false if that took none of them.
    mutating func takeAgain(
        _ context: inout ConversationContext, _ shared: inout FlowContext, _ sink: inout some RecordSink
    ) -> Bool {
        let before = kept.count
        context.streams[direction].askAgain()
        takeKept(atEnd: false, in: &context, with: &shared, to: &sink)
        return kept.count < before
    }
    private mutating func layerState() -> LayerState {
        if let layered { return layered }
        let made = LayerState()
        layered = made
        return made
    }
    mutating func addToMessage(_ bytes: RawSpan, _ place: RecordOrigin) {
        let state = layerState()
        bytes.withUnsafeBytes { state.bytes.append(contentsOf: $0) }
        state.places.append(place)
    }
    mutating func dropMessage() {
        layered?.bytes.removeAll()
        layered?.places.removeAll()
    }
    /// Makes a record of a message that a layer below cannot decode.
    mutating func refuseMessage(
        _ error: WireError, from origin: UnitOrigin, in context: inout ConversationContext,
        with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        last = Mark(frame: origin.frames.last ?? 0, time: origin.time)
        let finding = Finding(.violation, path: "", "the bytes are not a message: \(error)")
        emit(.malformed, of: nil, from: RawSpan(), finding: finding, at: last, in: &context, with: &shared, to: &sink)
    }
    /// Makes records of a message that a layer below has completed.
    mutating func endMessage(
        _ origin: UnitOrigin, kind: UInt8, in context: inout ConversationContext, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        // The bytes are moved out, so that they can be lent while this value changes.
        let state = layerState()
        var bytes: [UInt8] = []
        swap(&bytes, &state.bytes)
        let mark = Mark(frame: origin.frames.last ?? 0, time: origin.time)
        state.frames = origin.frames
        last = mark
        takeMessage(bytes.span.bytes, kind: kind, at: mark, in: &context, with: &shared, to: &sink)
        state.frames = nil
        state.places.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.capacityKept)
        swap(&bytes, &state.bytes)
    }
    private mutating func takeMessage(
        _ bytes: RawSpan, kind: UInt8, at mark: Mark, in context: inout ConversationContext,
        with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        let (type, length, problem) = context.streams[direction].message(bytes, kind: kind)
        if let type {
            emit(
                .message, of: type, from: bytes.extracting(0..<length), finding: nil, at: mark, in: &context,
                with: &shared, to: &sink)
        }
        guard let problem else { return }
        let rest = bytes.extracting(length...)
        let text = "\(rest.byteCount) bytes that are no message: \(problem)"
        emit(
            .malformed, of: nil, from: rest, finding: Finding(.violation, path: "", text), at: mark, in: &context,
            with: &shared, to: &sink)
    }
    /// Forgets the bytes that it kept, because an unknown number of bytes is missing. Returns the number of dropped
    /// bytes.
    mutating func lose(_ context: inout ConversationContext) -> Int {
        layered = nil
        let count = forgetKept()
        context.streams[direction].lose(.afterGap)
        confidence.lose()
        return count
    }
    /// Drops the bytes that it keeps, and returns their number.
    mutating func forgetKept() -> Int {
        let count = kept.count
        offset &+= Int64(count)
        kept = []
        marks.removeAll()
        return count
    }
    /// Notes that its first bytes may be the middle of a message.
    mutating func beginUnsure() { confidence.lose() }
    /// Gives up an incomplete message, because there is no memory to wait for the rest.
    mutating func giveUpWaiting(
        _ mark: Mark, in context: inout ConversationContext, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        if !kept.isEmpty {
            last = mark
            end("too many bytes wait for the rest of messages", isClosing: true, in: &context, with: &shared, to: &sink)
            context.streams[direction].lose(.givenUp)
            confidence.lose()
        }
        kept = []
        marks.removeAll()
    }
    /// Ends the direction: no more bytes follow the kept ones.
    mutating func finish(
        closed: Bool, _ context: inout ConversationContext, _ shared: inout FlowContext, _ sink: inout some RecordSink
    ) {
        let wasWaiting = isWaiting
        end(
            closed ? "the connection ends" : "the capture ends", isClosing: closed, in: &context, with: &shared,
            to: &sink)
        if wasWaiting {
            // Delayed bytes may still follow. They continue the part that ended here.
            context.streams[direction].lose(.givenUp)
            confidence.lose()
        }
        // No later record can carry the notes. A silent side of a connection that began before the capture needs no
        // record.
        guard notes.contains(where: { $0.severity > .info }) else { return }
        emit(.incomplete, of: nil, from: RawSpan(), finding: nil, at: last, in: &context, with: &shared, to: &sink)
    }
    mutating func gap(
        _ count: Int64, at mark: Mark, in context: inout ConversationContext, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        last = mark
        let text = "\(count) bytes are missing from the capture"
        let behind = kept.count
        end(text, isClosing: true, in: &context, with: &shared, to: &sink)
        offset &+= count
        context.streams[direction].lose(.afterGap, count, behind: behind)
        confidence.lose()
        notes.append(Finding(.warning, path: "", text + " before this"))
    }
    /// Makes records of the kept bytes, because no more follow. `ending` is the reason; `isClosing` makes it a warning.
    private mutating func end(
        _ ending: String, isClosing: Bool, in context: inout ConversationContext, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        (self.ending, self.isClosing) = (ending, isClosing)
        takeKept(atEnd: true, in: &context, with: &shared, to: &sink)
    }
    mutating func beginMidStream(_ context: inout ConversationContext) {
        // This direction may send only answers to captured requests, so 0 bytes count as missing.
        context.streams[direction].lose(.midStream, 0)
        confidence.lose()
        notes.append(Finding(.info, path: "", "the capture begins inside this connection"))
    }
    /// Notes that bytes arrived which precede the first ones that were passed on.
    mutating func noteTooLate(_ count: Int, _ mark: Mark) {
        last = mark
        note(
            Finding(
                .warning, path: "",
                "\(count == 1 ? "1 byte" : "\(count) bytes") before the first ones that were captured came after "
                    + "them: too late to be ordered"))
    }
    mutating func contradict(_ mark: Mark) {
        last = mark
        isContradicted = true
        note(Finding(.warning, path: "", "bytes were repeated with different content: the first ones count"))
    }

    private mutating func takeKept(
        atEnd: Bool, in context: inout ConversationContext, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        // The bytes are moved out, so that they can be lent while this value changes.
        var bytes: [UInt8] = []
        swap(&bytes, &kept)
        let taken = take(from: bytes.span.bytes, at: nil, atEnd: atEnd, in: &context, with: &shared, to: &sink)
        if taken == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            // The memory of a long message is not kept for short ones, but for the next long message of any connection.
            if bytes.capacity > Self.capacityKept {
                if shared.spareBuffer.capacity < bytes.capacity, bytes.capacity <= FlowContext.spareLimit {
                    swap(&bytes, &shared.spareBuffer)
                }
                if bytes.capacity > Self.capacityKept { bytes = [] }
            }
        } else {
            bytes.removeFirst(taken)
        }
        swap(&bytes, &kept)
    }
    /// Makes records of the front of `bytes`. Returns the number of bytes that went into them.
    private mutating func take(
        from bytes: RawSpan, at direct: Mark?, atEnd: Bool, in context: inout ConversationContext,
        with shared: inout FlowContext, to sink: inout some RecordSink
    ) -> Int {
        var at = 0
        while let part = context.streams[direction].next(bytes.extracting(at...), atEnd: atEnd) {
            let kind: RecordKind
            var type: (any Message.Type)?
            var finding: Finding?
            let length: Int
            switch part {
            case .message(let message, let n):
                (kind, type, length) = (.message, message, n)
                strange.count = 0
            case .debris(let n, let cause):
                length = n
                if context.isLayer {
                    context.observer.miss()
                    context.carrier?.miss()
                }
                if strange.count == 0 { strange.offset = offset }
                strange.count &+= n
                let isMuch = strange.count >= shared.options.limits.strange
                isLost = isMuch && !context.isClaimed
                // There is one note for each run of such bytes.
                if isMuch, context.isClaimed, strange.count &- n < shared.options.limits.strange {
                    sink.note(doubt(context, shared))
                }
                kind = cause == .afterGap || cause == .midStream || cause == .givenUp ? .incomplete : .malformed
                if kind == .incomplete {
                    shared.tally.unreadBytes &+= n
                    if !ConversationPath.isBottom(context.path) { shared.tally.hiddenBytes &+= n }
                }
                finding = self.finding(cause, count: n, bytes.extracting(at...), in: context)
                if finding?.severity == .violation { confidence.slip() } else { confidence.lose() }
            case .incomplete(let n, let announced):
                (kind, length) = (.incomplete, n)
                if context.isLayer { context.observer.miss() }
                // The bytes may be whole messages: the answer decides what they are.
                let isUnanswered = context.carrier?.isWaiting(direction) ?? false
                let text =
                    isUnanswered
                    ? "\(n) bytes that follow a proposal without an answer: \(ending)"
                    : announced.map { "\(n) bytes of a partial \($0.textInBytes): \(ending)" }
                        ?? "\(n) bytes of a partial message: \(ending)\(afterwards)"
                finding = Finding(isClosing && !isUnanswered ? .warning : .info, path: "", text)
            }
            let record = bytes.extracting(at..<at &+ length)
            emit(kind, of: type, from: record, finding: finding, at: direct, in: &context, with: &shared, to: &sink)
            at &+= length
            guard let type else { continue }
            guard context.isLayer else {
                context.streams[direction.opposite].heard(type, record)
                continue
            }
            if let carrier = context.carrier {
                carry(record, through: carrier, in: context, with: &shared, to: &sink)
                // The bytes that follow belong to the successor and are kept for it.
                if carrier.successor != nil { return at }
                if carrier.isOver { return bytes.byteCount }
            }
        }
        if let carrier = context.carrier, context.streams[direction].isSearching {
            // The other side may answer a message that cannot be read here.
            context.observer.miss()
            carrier.miss()
        }
        return at
    }
    /// Passes on the contents of a unit of a layer.
    @inline(never)
    private func carry(
        _ unit: RawSpan, through carrier: Carrier, in context: ConversationContext, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        if let origin = layered?.unit {
            carrier.carry(unit, from: origin, going: direction, between: context.ends, with: &shared, to: &sink)
        }
    }
    /// Passes the kept bytes to the protocol that follows on this stream.
    mutating func handOver(to next: Conversation, _ shared: inout FlowContext, _ sink: inout some RecordSink) {
        var bytes: [UInt8] = []
        swap(&bytes, &kept)
        var at = 0
        marks.forEach(from: offset) { count, mark in
            let end = min(bytes.count, at + count)
            next.receive(bytes.span.bytes.extracting(at..<end), going: direction, at: mark, with: &shared, to: &sink)
            at = end
        }
        marks.removeAll()
        if at < bytes.count {
            next.receive(bytes.span.bytes.extracting(at...), going: direction, at: last, with: &shared, to: &sink)
        }
    }
    /// Makes one record.
    private mutating func emit(
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
    private func doubt(_ context: borrowing ConversationContext, _ shared: borrowing FlowContext) -> CaptureNote {
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
    private var afterwards: String {
        guard let previous else { return "" }
        return ", after \(previous.type.name), which declares \(previous.length) bytes (frame \(previous.frame))"
    }
    /// Returns the finding about `count` bytes at the front of `rest` that are not a message.
    private func finding(
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
