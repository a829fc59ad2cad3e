/// One direction of a TCP connection, put in order. It uses no clock. A stream that is in order has only these 40
/// bytes.
///
/// Segments that arrive in order are not copied: `receive` returns the part of the payload that is next. Early bytes
/// wait, and `ready` returns them when the gap before them is filled or given up. If bytes arrive twice, the first ones
/// count.
struct TCPStream {
    /// The number of later segments of the connection that may still bring the bytes of a gap after the receiver
    /// acknowledged them. Capturing reorders packets a little, and acknowledged bytes are not sent again. Packets of
    /// other connections do not count, so a part of a capture gives the same streams as the whole.
    static let patience = 32
    /// The time in nanoseconds after which an acknowledged gap is not filled any more, for connections with few
    /// segments.
    static let acknowledgedPatience: Int64 = 2_000_000_000
    /// The time in nanoseconds to wait for a gap that was not acknowledged, which is the longest time for which senders
    /// retransmit. The bytes after a gap may be forged if the stream continues before it, or if the other side still
    /// waits for the bytes in it.
    static let longPatience: Int64 = 120_000_000_000
    /// The number of later segments after which a segment is more likely lost than reordered (RFC 5681, 3.2).
    static let reordering = 3
    /// The maximum number of bytes before the first captured segment that may be reordered ones.
    static let reorderingBytes: Int64 = 1 << 20
    /// The maximum number of bytes between the next byte and the position that a packet claims. No TCP window is larger
    /// (RFC 7323, 2.3).
    static let window: Int64 = 1 << 30

    /// The result of a segment.
    struct Outcome {
        /// The part of the payload that is next in the stream.
        var fresh = 0..<0
        /// The number of bytes of the payload that arrived before.
        var repeated = 0
        /// The number of its bytes before the first captured byte of a stream that was met in the middle. They are too
        /// late.
        var tooLate = 0
        /// True if some of the repeated bytes differ from the first ones.
        var contradicts = false
        /// True if this is the first captured segment of the stream, and not its beginning.
        var beginsMidStream = false
    }
    /// The next part of a stream.
    enum Ready {
        case bytes(EarlyBytes.Piece)
        /// This many bytes are not in the capture, or are given up because too many bytes wait after them.
        case gap(Int64, isGivenUp: Bool)
    }

    /// The offset of the next byte to be passed on.
    private(set) var next: Int64 = 0
    /// The offset of the FIN; negative before a FIN.
    private var end: Int64 = -1
    /// The offset up to which the other side has received everything. A FIN counts as one byte.
    private var acknowledged: Int64 = 0
    private var origin: UInt32 = 0
    /// True once a segment was seen.
    private(set) var started = false
    /// True if the other side acknowledged bytes before any segment was seen. Offsets count from the byte that it
    /// expects.
    private var isExpected = false
    /// The number of acknowledgements of the other side since the FIN, up to `answers`.
    private var answersSinceEnd: UInt8 = 0
    /// The number of acknowledgements without the FIN that cannot all have been under way when it arrived.
    private static let answers: UInt8 = 3
    /// True if the stream was captured from its first byte.
    private(set) var sawStart = false
    /// The bytes that wait; nil if no bytes have waited for a while.
    private(set) var early: EarlyBytes?

    /// True if all bytes before a FIN were passed on.
    var isFinished: Bool { end == next }
    /// True while the first segments of a stream that was met in the middle wait for bytes before them.
    @inline(__always)
    var isJoining: Bool { early.map { $0.joining > 0 } ?? false }
    /// True if no bytes wait after a gap.
    var isWhole: Bool { early?.isEmpty ?? true }
    /// The number of bytes of memory that wait after a gap.
    var memory: Int { early?.memory ?? 0 }

    /// Returns the offset of a sequence number. Sequence numbers wrap around, so it is the possible offset nearest to
    /// `next`.
    @inline(__always)
    private func offset(_ sequence: UInt32) -> Int64 {
        next &+ Int64(Int32(bitPattern: sequence &- (origin &+ UInt32(truncatingIfNeeded: next))))
    }
    /// Returns true if a reset with this sequence number is at the stream's position. A FIN counts as one byte.
    func mayReset(at sequence: UInt32) -> Bool {
        guard started, isWhole else { return false }
        let offset = offset(sequence)
        return offset == next || isFinished && offset == next &+ 1
    }
    /// The sequence number of the next byte.
    var expected: UInt32 { origin &+ UInt32(truncatingIfNeeded: next) }
    /// Returns true if this is the sequence number of the first captured byte.
    func begins(at sequence: UInt32) -> Bool { started && origin == sequence }

    /// Receives a segment. The caller must call `ready` afterwards. `owner` is the stream's number in the history.
    @inline(__always)
    mutating func receive(
        _ segment: Segment, _ payload: RawSpan, at mark: Mark, in history: inout StreamHistory, of owner: Int
    ) -> Outcome {
        // In the common case the segment has exactly the next bytes and nothing different.
        if started, early == nil, segment.flags.isDisjoint(with: [.syn, .fin]), payload.byteCount == segment.length,
            segment.sequence == origin &+ UInt32(truncatingIfNeeded: next)
        {
            if segment.length > 0 {
                history.remember(owner, payload, at: next)
                next &+= Int64(segment.length)
            }
            return Outcome(fresh: 0..<segment.length)
        }
        return receiveOther(segment, payload, at: mark, in: &history, of: owner)
    }
    @inline(never)
    private mutating func receiveOther(
        _ segment: Segment, _ payload: RawSpan, at mark: Mark, in history: inout StreamHistory, of owner: Int
    ) -> Outcome {
        var out = Outcome()
        let syn = segment.flags.contains(.syn)
        let first = syn ? segment.sequence &+ 1 : segment.sequence
        if !started {
            // A bare acknowledgement may be a keep-alive probe, whose sequence number is one too low.
            guard syn || segment.length > 0 || segment.flags.contains(.fin) else { return out }
            // The bytes for which the other side waited are first, and may be missing.
            let late = Int32(bitPattern: first &- origin)
            if !isExpected || syn || late < 0 || late > Self.window {
                origin = first
                acknowledged = 0
            }
            started = true
            sawStart = syn
            out.beginsMidStream = !syn
            if !syn, origin == first, segment.length > 0, !segment.flags.contains(.fin) {
                early = EarlyBytes(joining: Self.reordering + 1)
            }
        } else if syn, first == origin {
            // The SYN was captured late.
            sawStart = true
        }
        let start = offset(first)
        let stop = start &+ Int64(segment.length)
        let captured = start &+ Int64(payload.byteCount)
        if let early, early.joining > 0, start >= -Self.reorderingBytes {
            (out.repeated, out.contradicts) = early.insert(payload, from: start, to: stop, at: mark)
            early.joining &-= 1
            if early.joining == 0 { out.tooLate = settle() }
            return out
        }
        // If there are several FINs, the nearest one is the likeliest. A FIN is invalid if bytes follow it.
        if segment.flags.contains(.fin), stop >= next, end < next || stop < end {
            end = stop
            answersSinceEnd = 0
        }
        if start < next, captured > start {
            out.repeated = Int(min(captured, next) &- start)
            if start < 0, !sawStart { out.tooLate = Int(min(captured, 0) &- start) }
            // A probe that tests whether the other side is alive has one arbitrary byte (RFC 9293, 3.8.4).
            let isProbe = segment.length == 1 && stop == next
            out.contradicts = !isProbe && history.contradicts(owner, payload, at: start, end: next)
        }
        if start <= next, captured > next {
            // This part ends at the first piece that waits, whose bytes arrived first.
            let limit = min(captured, early?.first?.start ?? captured)
            out.fresh = Int(next &- start)..<Int(limit &- start)
            history.remember(owner, payload.extracting(out.fresh), at: next)
            next = limit
            early?.lastDoubt = mark.time
        }
        if stop > next {
            let early = early ?? EarlyBytes()
            self.early = early
            let from = max(start, next)
            let unseen = payload.extracting(min(Int(from &- start), payload.byteCount)...)
            let (again, differs) = early.insert(unseen, from: from, to: stop, at: mark)
            out.repeated &+= again
            if differs { out.contradicts = true }
        }
        return out
    }

    /// Ends the wait for bytes before the first ones, in a stream that was met in the middle. Returns the number of
    /// bytes that are too early to be put in place.
    mutating func settle() -> Int {
        guard let early else { return 0 }
        let (earlier, forgotten) = early.join()
        origin &-= UInt32(truncatingIfNeeded: earlier)
        return forgotten
    }
    /// Notes that the other side has received everything before this sequence number, which is after all captured
    /// bytes.
    mutating func acknowledge(_ sequence: UInt32, _ time: Timestamp) {
        if !started, !isExpected { (origin, isExpected) = (sequence, true) }
        let offset = offset(sequence)
        if offset &- next <= Self.window { acknowledged = max(acknowledged, offset) }
        guard let early, !early.isEmpty, offset > next, early.acknowledged?.hole != next else { return }
        early.acknowledged = (next, time, 0)
    }
    /// Counts a segment of the connection, in either direction, while bytes wait.
    func noteSegment() { early?.acknowledged?.segments &+= 1 }
    /// Notes an acknowledgement of the other side. Returns true if it acknowledges bytes that were not seen, or not
    /// yet.
    @inline(__always)
    mutating func noteAcknowledgement(_ sequence: UInt32, _ time: Timestamp) -> Bool {
        if end >= 0, answersSinceEnd < Self.answers { answersSinceEnd &+= 1 }
        // A FIN counts as one byte.
        let isBehind = !started || offset(sequence) > next &+ (isFinished ? 1 : 0)
        if !isBehind, let early { early.lastDoubt = time }
        return isBehind
    }

    /// Returns the next waiting part; nil if a gap precedes it. `force`: gives up gaps, because no packet follows or
    /// there is no memory to wait.
    mutating func ready(
        _ mark: Mark, within limits: CaptureLimits, force: Bool, in history: inout StreamHistory, of owner: Int
    ) -> Ready? {
        guard let early, early.joining == 0 else { return nil }
        guard let first = early.first else {
            self.early = nil
            return nil
        }
        if first.start > next {
            let isAcknowledged =
                early.acknowledged.map {
                    $0.hole == next
                        && ($0.segments > Self.patience || mark.time.passed(since: $0.time) > Self.acknowledgedPatience)
                } ?? false
            let since = max(first.mark.time, early.lastDoubt ?? first.mark.time)
            let (age, over) = mark.time.nanoseconds.subtractingReportingOverflow(since.nanoseconds)
            let isOld = !over && age > Self.longPatience
            let isFull = early.memory > limits.waiting || early.count > limits.pieces
            guard force || isAcknowledged || isOld || isFull else { return nil }
            defer { next = first.start }
            history.forget(owner)
            return .gap(first.start &- next, isGivenUp: isFull && !(force || isAcknowledged || isOld))
        }
        early.removeFirst()
        next = first.stop
        if first.bytes.isEmpty {
            history.forget(owner)
            return .gap(first.length, isGivenUp: false)
        }
        history.remember(owner, first.bytes.span.bytes, at: first.start)
        return .bytes(first)
    }
    /// Ends the stream and returns the number of bytes missing at its end, because no packet follows; nil if none are
    /// missing. The other side acknowledged these bytes, or a FIN follows them to which it did not answer otherwise.
    mutating func giveUpEnd() -> Int64? {
        guard isWhole, started || isExpected else { return nil }
        // A FIN beyond the acknowledged bytes is forged, or was not received, like the bytes before it.
        var stop = end > next && answersSinceEnd < Self.answers && end &- next <= Self.window ? end : next
        stop = max(stop, end >= next && acknowledged > end ? end : acknowledged)
        guard stop > next else { return nil }
        defer { next = stop }
        return stop &- next
    }
    /// Discards the waiting bytes.
    mutating func release() { early = nil }
}
