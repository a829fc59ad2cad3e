/// One direction of a TCP connection, put back in order. Asks nothing of a clock. A stream that is in order is these 40
/// bytes and nothing else.
///
/// Segments that come in order pass through without being copied: `receive` answers which part of the payload is
/// next. What came early waits, and `ready` hands it out once the hole before it is filled or given up. Of bytes
/// that came twice the first stay.
struct TCPStream {
    /// Packets of the capture that may still bring a hole's bytes after the receiver acknowledged them: capturing
    /// reorders a little, and what was acknowledged is not sent again.
    static let patience = 32
    /// How long a hole that nobody acknowledged is waited for, in nanoseconds: as long as senders repeat at most. While
    /// the stream goes on before it, or the other side waits for what stands there, what is behind it may be forged.
    static let longPatience: Int64 = 120_000_000_000
    /// So many segments of one side are as likely to be out of order as those behind them to be lost (RFC 5681, 3.2).
    static let reordering = 3
    /// So far before the first segment that was seen may be what came out of order.
    static let reorderingBytes: Int64 = 1 << 20
    /// So far ahead of what comes next may be what a packet claims: no window of TCP is larger (RFC 7323, 2.3).
    static let window: Int64 = 1 << 30

    /// What came of a segment.
    struct Outcome {
        /// The part of the payload that is next in the stream.
        var fresh = 0..<0
        /// Bytes of the payload that had come before.
        var repeated = 0
        /// Bytes of it that stand before the first one that was seen of a stream met in the middle: they come too late.
        var tooLate = 0
        /// Some of those that came again differ from what came first.
        var contradicts = false
        /// This is the first that was seen of the stream, and not its beginning.
        var beginsMidStream = false
    }
    /// What comes next in a stream.
    enum Ready {
        case bytes(EarlyBytes.Piece)
        /// This many bytes are not in the capture, or did not come before so much waited behind them that they are
        /// given up.
        case gap(Int64, isGivenUp: Bool)
    }

    /// Offset of the next byte to be handed out.
    private(set) var next: Int64 = 0
    /// Where a FIN stands; negative when there was none.
    private var end: Int64 = -1
    /// The other side has received everything before this offset; with a FIN that counts as one.
    private var acknowledged: Int64 = 0
    private var origin: UInt32 = 0
    /// True once a segment was seen.
    private(set) var started = false
    /// The other side has told which byte it wants next, before any was seen: offsets count from there.
    private var isExpected = false
    /// How often the other side has acknowledged something since the FIN came, up to `answers`.
    private var answersSinceEnd: UInt8 = 0
    /// So many answers that do not acknowledge a FIN were not all under way when it came.
    private static let answers: UInt8 = 3
    /// True when the stream was seen from its first byte.
    private(set) var sawStart = false
    /// What waits; nil when there was nothing for a while.
    private(set) var early: EarlyBytes?

    /// True when all bytes before a FIN were handed out.
    var isFinished: Bool { end == next }
    /// True while the first segments of a stream that was met in the middle wait for what may stand before them.
    @inline(__always)
    var isJoining: Bool { early.map { $0.joining > 0 } ?? false }
    /// True when nothing waits behind a hole.
    var isWhole: Bool { early?.isEmpty ?? true }
    /// Bytes of memory that wait behind a hole.
    var memory: Int { early?.memory ?? 0 }

    /// Sequence numbers wrap around: of the offsets that this one may stand for, the one nearest to what comes next.
    @inline(__always)
    private func offset(_ sequence: UInt32) -> Int64 {
        next &+ Int64(Int32(bitPattern: sequence &- (origin &+ UInt32(truncatingIfNeeded: next))))
    }
    /// True when a reset with this sequence number stands where the stream does; a FIN counts as one.
    func mayReset(at sequence: UInt32) -> Bool {
        guard started, isWhole else { return false }
        let offset = offset(sequence)
        return offset == next || isFinished && offset == next &+ 1
    }
    /// The sequence number of what comes next.
    var expected: UInt32 { origin &+ UInt32(truncatingIfNeeded: next) }
    /// True when this is the sequence number of the first byte that was seen.
    func begins(at sequence: UInt32) -> Bool { started && origin == sequence }

    /// Takes in one segment. Call `ready` afterwards. `owner` is the stream's number in the history.
    @inline(__always)
    mutating func receive(
        _ segment: Segment, _ payload: RawSpan, _ mark: Mark, _ history: inout StreamHistory, _ owner: Int
    ) -> Outcome {
        // The common case: the next bytes, all of them, and nothing else about it.
        if started, early == nil, segment.flags.isDisjoint(with: [.syn, .fin]), payload.byteCount == segment.length,
            segment.sequence == origin &+ UInt32(truncatingIfNeeded: next)
        {
            if segment.length > 0 {
                history.remember(owner, payload, at: next)
                next &+= Int64(segment.length)
            }
            return Outcome(fresh: 0..<segment.length)
        }
        return receiveOther(segment, payload, mark, &history, owner)
    }
    @inline(never)
    private mutating func receiveOther(
        _ segment: Segment, _ payload: RawSpan, _ mark: Mark, _ history: inout StreamHistory, _ owner: Int
    ) -> Outcome {
        var out = Outcome()
        let syn = segment.flags.contains(.syn)
        let first = syn ? segment.sequence &+ 1 : segment.sequence
        if !started {
            // A bare acknowledgement may be a keep-alive probe, which is one short.
            guard syn || segment.length > 0 || segment.flags.contains(.fin) else { return out }
            // What the other side waited for comes first, and may be missing.
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
            // Captured late.
            sawStart = true
        }
        let start = offset(first)
        let stop = start &+ Int64(segment.length)
        let captured = start &+ Int64(payload.byteCount)
        if let early, early.joining > 0, start >= -Self.reorderingBytes {
            (out.repeated, out.contradicts) = early.insert(payload, start, stop, mark)
            early.joining &-= 1
            if early.joining == 0 { out.tooLate = settle() }
            return out
        }
        // Of several ends the nearest is the likeliest; one that bytes went beyond was none.
        if segment.flags.contains(.fin), stop >= next, end < next || stop < end {
            end = stop
            answersSinceEnd = 0
        }
        if start < next, captured > start {
            out.repeated = Int(min(captured, next) &- start)
            if start < 0, !sawStart { out.tooLate = Int(min(captured, 0) &- start) }
            // A probe of whether the other side is still there has any one byte (RFC 9293, 3.8.4).
            let isProbe = segment.length == 1 && stop == next
            out.contradicts = !isProbe && history.contradicts(owner, payload, at: start, end: next)
        }
        if start <= next, captured > next {
            // Up to the first piece that waits, whose bytes came first.
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
            let (again, differs) = early.insert(unseen, from, stop, mark)
            out.repeated &+= again
            if differs { out.contradicts = true }
        }
        return out
    }

    /// What waits for what may stand before it, in a stream that was met in the middle, does so no longer: bytes that
    /// are too early to be put in place.
    mutating func settle() -> Int {
        guard let early else { return 0 }
        let (earlier, forgotten) = early.join()
        origin &-= UInt32(truncatingIfNeeded: earlier)
        return forgotten
    }
    /// The other side has received everything before this sequence number, which is behind what was seen.
    mutating func acknowledge(_ sequence: UInt32, frame: Int) {
        if !started, !isExpected { (origin, isExpected) = (sequence, true) }
        let offset = offset(sequence)
        if offset &- next <= Self.window { acknowledged = max(acknowledged, offset) }
        guard let early, !early.isEmpty, offset > next, early.acknowledged?.hole != next else { return }
        early.acknowledged = (next, frame)
    }
    /// The other side has acknowledged something. True when it says that it received bytes which were not seen here, or
    /// not yet.
    @inline(__always)
    mutating func noteAcknowledgement(_ sequence: UInt32, _ time: Timestamp) -> Bool {
        if end >= 0, answersSinceEnd < Self.answers { answersSinceEnd &+= 1 }
        // A FIN counts as one.
        let isBehind = !started || offset(sequence) > next &+ (isFinished ? 1 : 0)
        if !isBehind, let early { early.lastDoubt = time }
        return isBehind
    }

    /// What is next of that which waits; nil when there is none before the next hole. `force`: holes are given up, as
    /// no packet follows or there is no room to wait.
    mutating func ready(
        _ mark: Mark, _ limits: CaptureLimits, force: Bool, _ history: inout StreamHistory, _ owner: Int
    ) -> Ready? {
        guard let early, early.joining == 0 else { return nil }
        guard let first = early.first else {
            self.early = nil
            return nil
        }
        if first.start > next {
            let isAcknowledged =
                early.acknowledged.map { $0.hole == next && mark.frame &- $0.frame > Self.patience } ?? false
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
    /// No packet follows, and bytes never came at the end of what did: the other side has received them, or a FIN
    /// stands behind them that it did not answer otherwise. How many they are.
    mutating func giveUpEnd() -> Int64? {
        guard isWhole, started || isExpected else { return nil }
        // A FIN beyond what the other side says to have received is forged, or was as little received as they.
        var stop = end > next && answersSinceEnd < Self.answers && end &- next <= Self.window ? end : next
        stop = max(stop, end >= next && acknowledged > end ? end : acknowledged)
        guard stop > next else { return nil }
        defer { next = stop }
        return stop &- next
    }
    /// Forgets what waits.
    mutating func release() { early = nil }
}
