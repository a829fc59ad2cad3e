import Node
import Wire

/// A reassembler of the messages of one direction of a conversation. It keeps the bytes of a message until it is
/// complete, and makes records.
struct MessageReassembler {
    /// The maximum capacity in bytes of an empty buffer that is kept.
    static let capacityKept = 64 << 10

    /// The maker of the records. It knows in which frames the kept bytes arrived.
    private var maker: RecordMaker
    /// The bytes that belong to no record yet.
    private var kept: [UInt8] = []
    /// The reason why no more bytes follow. `isClosing` is true if that is worth a warning.
    private var ending = ""
    private var isClosing = false
    /// True if there are too many bytes that are not a message, so that the rest belongs to another protocol.
    private(set) var isLost = false

    init(_ direction: StreamDirection) { maker = RecordMaker(direction) }

    private var direction: StreamDirection { maker.direction }
    /// The bytes since the last message that are not a message: their number, and the offset and frame of the first.
    var strange: (count: Int, offset: Int64, frame: Int) { maker.strange }

    /// The number of bytes of memory that are kept.
    var memory: Int { kept.capacity &+ maker.marks.memory }
    /// True if a message is incomplete.
    var isWaiting: Bool { !kept.isEmpty }
    /// Adds a finding to the next record.
    mutating func note(_ finding: Finding) { maker.note(finding) }

    mutating func receive(
        _ bytes: RawSpan, at mark: Mark, in context: inout ConversationContext, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        guard bytes.byteCount > 0 else { return }
        maker.last = mark
        if context.streams[direction].isSearching { context.streams[direction].noteSegment(at: kept.count) }
        guard kept.isEmpty, maker.marks.isEmpty else {
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
        maker.mark(mark, ahead: kept.count)
    }
    /// Notes that the next bytes arrived in this frame too.
    mutating func mark(_ mark: Mark) { maker.mark(mark, ahead: kept.count) }
    /// Reads the kept bytes again. Returns false if that took none of them.
    mutating func takeAgain(
        _ context: inout ConversationContext, _ shared: inout FlowContext, _ sink: inout some RecordSink
    ) -> Bool {
        let before = kept.count
        context.streams[direction].askAgain()
        takeKept(atEnd: false, in: &context, with: &shared, to: &sink)
        return kept.count < before
    }
    mutating func addToMessage(_ bytes: RawSpan, _ place: RecordOrigin) {
        let state = maker.layerState()
        bytes.withUnsafeBytes { state.bytes.append(contentsOf: $0) }
        state.places.append(place)
    }
    /// Takes out the message that a layer below has collected so far, to put it into another conversation.
    mutating func takeMessage() -> (bytes: [UInt8], places: [RecordOrigin]) {
        let state = maker.layerState()
        defer { dropMessage() }
        return (state.bytes, state.places)
    }
    mutating func putMessage(_ bytes: [UInt8], _ places: [RecordOrigin]) {
        let state = maker.layerState()
        (state.bytes, state.places) = (bytes, places)
    }
    mutating func dropMessage() {
        maker.layered?.bytes.removeAll()
        maker.layered?.places.removeAll()
    }
    /// Makes a record of a message that a layer below cannot decode.
    mutating func refuseMessage(
        _ error: WireError, from origin: UnitOrigin, in context: inout ConversationContext,
        with shared: inout FlowContext, to sink: inout some RecordSink
    ) {
        maker.last = Mark(frame: origin.frames.last ?? 0, time: origin.time)
        let finding = Finding(.violation, path: "", "the bytes are not a message: \(error)")
        maker.emit(
            .malformed, of: nil, from: RawSpan(), finding: finding, at: maker.last, in: &context, with: &shared,
            to: &sink)
    }
    /// Makes records of a message that a layer below has completed.
    mutating func endMessage(
        _ origin: UnitOrigin, kind: UInt8, in context: inout ConversationContext, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        // The bytes are moved out, so that they can be lent while this value changes.
        let state = maker.layerState()
        var bytes: [UInt8] = []
        swap(&bytes, &state.bytes)
        let mark = Mark(frame: origin.frames.last ?? 0, time: origin.time)
        state.frames = origin.frames
        maker.last = mark
        takeMessage(bytes.span.bytes, kind: kind, at: mark, in: &context, with: &shared, to: &sink)
        state.frames = nil
        state.places.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.capacityKept)
        swap(&bytes, &state.bytes)
    }
    private mutating func takeMessage(
        _ bytes: RawSpan, kind: UInt8, at mark: Mark, in context: inout ConversationContext,
        with shared: inout FlowContext, to sink: inout some RecordSink
    ) {
        let (type, length, problem) = context.streams[direction].message(bytes, kind: kind)
        if let type {
            maker.emit(
                .message, of: type, from: bytes.extracting(0..<length), finding: nil, at: mark, in: &context,
                with: &shared, to: &sink)
        }
        guard let problem else { return }
        let rest = bytes.extracting(length...)
        let text = "\(rest.byteCount) bytes that are no message: \(problem)"
        maker.emit(
            .malformed, of: nil, from: rest, finding: Finding(.violation, path: "", text), at: mark, in: &context,
            with: &shared, to: &sink)
    }
    /// Forgets the bytes that it kept, because an unknown number of bytes is missing. Returns the number of dropped
    /// bytes.
    mutating func lose(_ context: inout ConversationContext) -> Int {
        maker.layered = nil
        let count = forgetKept()
        context.streams[direction].lose(.afterGap)
        maker.confidence.lose()
        return count
    }
    /// Drops the bytes that it keeps, and returns their number.
    mutating func forgetKept() -> Int {
        let count = kept.count
        maker.skip(Int64(count))
        kept = []
        maker.removeMarks()
        return count
    }
    /// Notes that its first bytes may be the middle of a message.
    mutating func beginUnsure() { maker.confidence.lose() }
    /// Gives up an incomplete message, because there is no memory to wait for the rest.
    mutating func giveUpWaiting(
        _ mark: Mark, in context: inout ConversationContext, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        if !kept.isEmpty {
            maker.last = mark
            end("too many bytes wait for the rest of messages", isClosing: true, in: &context, with: &shared, to: &sink)
            context.streams[direction].lose(.givenUp)
            maker.confidence.lose()
        }
        kept = []
        maker.removeMarks()
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
            maker.confidence.lose()
        }
        // No later record can carry the notes. A silent side of a connection that began before the capture needs no
        // record.
        guard maker.hasNews else { return }
        maker.emit(
            .incomplete, of: nil, from: RawSpan(), finding: nil, at: maker.last, in: &context, with: &shared, to: &sink)
    }
    mutating func gap(
        _ count: Int64, at mark: Mark, in context: inout ConversationContext, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        maker.last = mark
        let text = "\(count) bytes are missing from the capture"
        let behind = kept.count
        end(text, isClosing: true, in: &context, with: &shared, to: &sink)
        maker.skip(count)
        context.streams[direction].lose(.afterGap, count, behind: behind)
        maker.confidence.lose()
        maker.notes.append(Finding(.warning, path: "", text + " before this"))
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
        maker.confidence.lose()
        maker.notes.append(Finding(.info, path: "", "the capture begins inside this connection"))
    }
    /// Notes that bytes arrived which precede the first ones that were passed on.
    mutating func noteTooLate(_ count: Int, _ mark: Mark) {
        maker.last = mark
        note(
            Finding(
                .warning, path: "",
                "\(count == 1 ? "1 byte" : "\(count) bytes") before the first ones that were captured came after "
                    + "them: too late to be ordered"))
    }
    mutating func contradict(_ mark: Mark) {
        maker.last = mark
        maker.isContradicted = true
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
                maker.strange.count = 0
            case .debris(let n, let cause):
                length = n
                if context.isLayer {
                    context.observer.miss()
                    context.carrier?.miss()
                }
                maker.addStrange(n)
                let isMuch = strange.count >= shared.options.limits.strange
                isLost = isMuch && !context.isClaimed
                // There is one note for each run of such bytes.
                if isMuch, context.isClaimed, strange.count &- n < shared.options.limits.strange {
                    sink.note(maker.doubt(context, shared))
                }
                kind = cause == .afterGap || cause == .midStream || cause == .givenUp ? .incomplete : .malformed
                if kind == .incomplete {
                    shared.tally.unreadBytes &+= n
                    if !ConversationPath.isBottom(context.path) { shared.tally.hiddenBytes &+= n }
                }
                finding = maker.finding(cause, count: n, bytes.extracting(at...), in: context)
                if finding?.severity == .violation { maker.confidence.slip() } else { maker.confidence.lose() }
            case .incomplete(let n, let announced):
                (kind, length) = (.incomplete, n)
                if context.isLayer { context.observer.miss() }
                // The bytes may be whole messages: the answer decides what they are.
                let isUnanswered = context.carrier?.isWaiting(direction) ?? false
                let text =
                    isUnanswered
                    ? "\(n) bytes that follow a proposal without an answer: \(ending)"
                    : announced.map { "\(n) bytes of a partial \($0.textInBytes): \(ending)" }
                        ?? "\(n) bytes of a partial message: \(ending)\(maker.afterwards)"
                finding = Finding(isClosing && !isUnanswered ? .warning : .info, path: "", text)
            }
            let record = bytes.extracting(at..<at &+ length)
            maker.emit(
                kind, of: type, from: record, finding: finding, at: direct, in: &context, with: &shared, to: &sink)
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
        if let origin = maker.layered?.unit {
            carrier.carry(unit, from: origin, going: direction, between: context.ends, with: &shared, to: &sink)
        }
    }
    /// Passes the kept bytes to the protocol that follows on this stream.
    mutating func handOver(to next: Conversation, _ shared: inout FlowContext, _ sink: inout some RecordSink) {
        var bytes: [UInt8] = []
        swap(&bytes, &kept)
        var at = 0
        maker.marks.forEach(from: maker.offset) { count, mark in
            let end = min(bytes.count, at + count)
            next.receive(bytes.span.bytes.extracting(at..<end), going: direction, at: mark, with: &shared, to: &sink)
            at = end
        }
        maker.removeMarks()
        if at < bytes.count {
            next.receive(bytes.span.bytes.extracting(at...), going: direction, at: maker.last, with: &shared, to: &sink)
        }
    }

}
