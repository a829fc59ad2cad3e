/// One direction of a TCP connection, put back in order. Asks nothing of a clock and keeps at most
/// `waitingLimit` bytes.
///
/// Segments that come in order pass through without being copied: `receive` answers which part of the payload is
/// next. What came early waits, and `ready` hands it out once the hole before it is filled or given up. Of bytes
/// that came twice the first stay.
struct TCPStream {
    /// Bytes that wait behind a hole before it is given up.
    static let waitingLimit = 4 << 20
    /// Pieces that wait behind a hole before it is given up.
    static let pieceLimit = 4096
    /// Packets of the capture that may still bring a hole's bytes after the receiver acknowledged them: capturing
    /// reorders a little, and what was acknowledged is not sent again.
    static let patience = 32
    /// Bytes kept after they were handed out, to tell whether a retransmission says the same.
    static let historyLimit = 2048

    /// Part of the stream that came early, or that is known to be missing.
    struct Piece {
        var start: Int64
        /// Empty when the bytes were cut off by the snap length.
        var bytes: [UInt8]
        /// Bytes of the stream that this stands for.
        var length: Int64
        var frame: Int
        var time: Timestamp
        var stop: Int64 { start &+ length }
    }
    /// What comes next in a stream.
    enum Ready {
        case bytes(Piece)
        /// This many bytes are not in the capture.
        case gap(Int64)
    }

    /// True once a segment was seen.
    private(set) var started = false
    /// True when the stream was seen from its first byte.
    private(set) var sawStart = false
    /// Offset of the next byte to be handed out.
    private(set) var next: Int64 = 0
    /// A retransmission said something else than the bytes before it. Reset by who tells it.
    var contradicted = false

    private var origin: UInt32 = 0
    private var end: Int64?
    private var waiting: [Piece] = []
    private var head = 0
    private var waitingBytes: Int64 = 0
    private var history: [UInt8] = []
    /// The hole that the receiver says is none, and the frame that said so.
    private var acknowledged: (hole: Int64, frame: Int)?

    /// True when all bytes before a FIN were handed out.
    var isFinished: Bool { end == next }
    /// True when nothing waits behind a hole.
    var isWhole: Bool { head == waiting.count }

    /// Sequence numbers wrap around: of the offsets that this one may stand for, the one nearest to what comes next.
    private func offset(_ sequence: UInt32) -> Int64 {
        next &+ Int64(Int32(bitPattern: sequence &- (origin &+ UInt32(truncatingIfNeeded: next))))
    }
    /// True when a reset with this sequence number stands where the stream does; a FIN counts as one.
    func mayReset(at sequence: UInt32) -> Bool {
        guard started, isWhole else { return false }
        let place = offset(sequence)
        return place == next || isFinished && place == next &+ 1
    }

    /// True when this is the sequence number of the first byte that was seen.
    func begins(at sequence: UInt32) -> Bool { started && origin == sequence }

    /// Takes in one segment. Returns the part of `payload` that is next in the stream; call `ready` afterwards.
    mutating func receive(
        _ segment: Segment, _ payload: RawSpan, frame: Int, time: Timestamp
    ) -> Range<Int> {
        let syn = segment.flags.contains(.syn)
        let first = syn ? segment.sequence &+ 1 : segment.sequence
        if !started {
            // A bare acknowledgement may be a keep-alive probe, which is one short.
            guard syn || segment.length > 0 || segment.flags.contains(.fin) else { return 0..<0 }
            origin = first
            started = true
            sawStart = syn
        } else if syn, first == origin {
            // Captured late.
            sawStart = true
        }
        let start = offset(first)
        let stop = start &+ Int64(segment.length)
        let captured = start &+ Int64(payload.byteCount)
        if segment.flags.contains(.fin), end == nil, stop >= next { end = stop }
        if start < next, captured > start { compare(payload, start) }
        var fresh = 0..<0
        if start <= next, captured > next {
            // Up to the first piece that waits, whose bytes came first.
            let limit = isWhole ? captured : min(captured, waiting[head].start)
            fresh = Int(next &- start)..<Int(limit &- start)
            remember(payload.extracting(fresh))
            next = limit
        }
        if captured > next {
            let from = max(start, next)
            insert(payload.extracting(Int(from &- start)...), from, frame, time)
        }
        if stop > captured { insertMissing(max(captured, next), stop, frame, time) }
        return fresh
    }

    /// True when the other side says that it received bytes which were not seen here, or not yet.
    func isBehind(_ sequence: UInt32) -> Bool {
        // A FIN counts as one.
        !started || offset(sequence) > next &+ (isFinished ? 1 : 0)
    }
    /// The other side has received everything before this sequence number.
    mutating func acknowledge(_ sequence: UInt32, frame: Int) {
        guard started, !isWhole, offset(sequence) > next, acknowledged?.hole != next else { return }
        acknowledged = (next, frame)
    }

    /// What is next of that which waits; nil when there is none before the next hole. `atEnd`: no packet follows, so
    /// holes are given up.
    mutating func ready(frame: Int, atEnd: Bool = false) -> Ready? {
        guard !isWhole else { return nil }
        let first = waiting[head]
        if first.start > next {
            let patient = acknowledged.map { $0.hole != next || frame &- $0.frame <= Self.patience } ?? true
            let roomy = waitingBytes <= Self.waitingLimit && waiting.count &- head <= Self.pieceLimit
            guard atEnd || !patient || !roomy else { return nil }
            defer { next = first.start }
            history.removeAll(keepingCapacity: true)
            return .gap(first.start &- next)
        }
        waiting[head].bytes = []
        head &+= 1
        if head == waiting.count || head >= 64 {
            waiting.removeFirst(head)
            head = 0
        }
        waitingBytes &-= Int64(first.bytes.count)
        next = first.stop
        if first.bytes.isEmpty {
            history.removeAll(keepingCapacity: true)
            return .gap(first.length)
        }
        remember(first.bytes.span.bytes)
        return .bytes(first)
    }

    /// Forgets what is kept for late retransmissions.
    mutating func release() {
        history = []
        waiting = []
        head = 0
        waitingBytes = 0
    }

    private mutating func remember(_ bytes: RawSpan) {
        if history.capacity == 0 { history.reserveCapacity(3 * Self.historyLimit) }
        let tail = bytes.extracting(last: Self.historyLimit)
        if history.count &+ tail.byteCount > 3 * Self.historyLimit {
            history.removeFirst(history.count &- Self.historyLimit)
        }
        tail.withUnsafeBytes { history.append(contentsOf: $0) }
    }
    /// Notes when bytes that were handed out before come again and differ.
    private mutating func compare(_ payload: RawSpan, _ start: Int64) {
        let kept = next &- Int64(history.count)
        let from = max(start, kept)
        let to = min(start &+ Int64(payload.byteCount), next)
        guard from < to else { return }
        let again = payload.extracting(Int(from &- start)..<Int(to &- start))
        if !again.same(as: history.span.bytes.extracting(Int(from &- kept)..<Int(to &- kept))) { contradicted = true }
    }
    /// Keeps those bytes that no waiting piece holds yet.
    private mutating func insert(_ bytes: RawSpan, _ start: Int64, _ frame: Int, _ time: Timestamp) {
        let stop = start &+ Int64(bytes.byteCount)
        var at = start
        var i = place(of: start)
        while at < stop {
            if i < waiting.count, waiting[i].start <= at {
                let to = min(stop, waiting[i].stop)
                let old = waiting[i]
                if !old.bytes.isEmpty {
                    let theirs = old.bytes.span.bytes.extracting(Int(at &- old.start)..<Int(to &- old.start))
                    let ours = bytes.extracting(Int(at &- start)..<Int(to &- start))
                    if !ours.same(as: theirs) { contradicted = true }
                }
                at = to
                i &+= 1
            } else {
                let to = i < waiting.count ? min(stop, waiting[i].start) : stop
                let copy = bytes.extracting(Int(at &- start)..<Int(to &- start)).withUnsafeBytes { [UInt8]($0) }
                waiting.insert(Piece(start: at, bytes: copy, length: to &- at, frame: frame, time: time), at: i)
                waitingBytes &+= to &- at
                at = to
                i &+= 1
            }
        }
    }
    /// Marks what was on the wire and not captured, where no piece stands.
    private mutating func insertMissing(_ start: Int64, _ stop: Int64, _ frame: Int, _ time: Timestamp) {
        var at = start
        var i = place(of: start)
        while at < stop {
            if i < waiting.count, waiting[i].start <= at {
                at = max(at, waiting[i].stop)
            } else {
                let to = i < waiting.count ? min(stop, waiting[i].start) : stop
                waiting.insert(Piece(start: at, bytes: [], length: to &- at, frame: frame, time: time), at: i)
                at = to
            }
            i &+= 1
        }
    }
    /// The first waiting piece that ends behind `start`. Looks from the back, where most segments belong.
    private func place(of start: Int64) -> Int {
        var i = waiting.count
        while i > head, waiting[i &- 1].stop > start { i &-= 1 }
        return i
    }
}
