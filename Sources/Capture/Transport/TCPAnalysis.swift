import Node

/// Watches the segments of one TCP connection: what came again, late or never, and how long answers took. An object,
/// so that a connection which nobody wants this of stays small.
///
/// What a segment is follows from the highest number before it, as in Wireshark's `tcp.analysis`; that all its bytes
/// were seen before is known from the stream. It allocates nothing for a segment.
final class TCPAnalysis {
    /// A hole that is filled sooner than this after what stands behind it is put down to the order of packets, where no
    /// handshake tells the round trip.
    static let reordering: Int64 = 3_000_000
    /// Repeated so soon after two duplicate acknowledgements, a segment answers them (RFC 5681, 3.2).
    static let fastRetransmission: Int64 = 20_000_000

    // Unchecked as in `Conversation`: reached through the one `Flow` that has it, from nowhere within a call.
    @exclusivity(unchecked) private var sides = PerDirection { _ in Side() }
    @exclusivity(unchecked) private var first: Timestamp?
    @exclusivity(unchecked) private var last = Timestamp(nanoseconds: 0)
    @exclusivity(unchecked) private var opening = Opening.none

    /// How far a handshake has come.
    private enum Opening {
        case none
        case asked(Timestamp)
        case answered(Timestamp)
        /// Its round trip, in nanoseconds; nil when that cannot be told.
        case done(Int?)
    }
    /// What a segment was, as far as the next one of the other side depends on it.
    private enum Kind { case other, keepAlive, windowProbe }

    private struct Side {
        var counts = TCPCounts()
        /// Behind the highest byte that was seen, and when that was; SYN and FIN count as one.
        var next: UInt32?
        var nextTime = Timestamp(nanoseconds: 0)
        /// Behind what was seen without a hole, or was acknowledged all the same.
        var seen: UInt32 = 0
        /// Of the last segment; the window as it stands in there.
        var window: UInt16?
        var acknowledged: UInt32?
        var time = Timestamp(nanoseconds: 0)
        var kind = Kind.other
        /// Duplicate acknowledgements of the same.
        var duplicates = 0
        /// The scale of windows that its SYN names; -1: it names none. Nil when no SYN was seen.
        var scale: Int8?
        var underWay = SegmentsUnderWay()
    }

    /// What it comes to so far.
    func summary(_ ends: FlowEnds) -> TCPSummary {
        var handshake: Int?
        if case .done(let passed) = opening { handshake = passed }
        return TCPSummary(
            flow: ends.flow, client: ends.client, server: ends.server, first: first ?? last, last: last,
            handshake: handshake, fromClient: sides[.fromClient].counts, fromServer: sides[.fromServer].counts)
    }
    /// So many bytes of one direction will never be seen.
    func lose(_ count: Int64, _ direction: StreamDirection) {
        sides[direction].counts.losses &+= 1
        sides[direction].counts.lostBytes &+= Int(clamping: count)
    }

    /// The next segment. `isSeen`: all of its captured payload had come before.
    func receive(_ segment: Segment, _ direction: StreamDirection, _ now: Timestamp, isSeen: Bool) {
        if first == nil { first = now }
        last = max(last, now)
        sides[direction].counts.segments &+= 1
        sides[direction].counts.bytes &+= segment.length
        noteOpening(segment, direction, now)
        let kind = judgeWindow(segment, direction)
        if segment.acknowledges { noteAcknowledgement(segment, direction, now) }
        let says = segment.length > 0 || !segment.flags.isDisjoint(with: [.syn, .fin])
        if says, kind != .keepAlive {
            judgeOrder(segment, direction, now, isSeen: isSeen, isProbe: kind == .windowProbe)
        }
        if !segment.flags.contains(.reset), kind != .windowProbe { advance(segment, direction, now) }
        sides[direction].window = segment.window
        if segment.flags.contains(.acknowledges) { sides[direction].acknowledged = segment.acknowledgement }
        sides[direction].time = now
        sides[direction].kind = kind
    }
    /// The round trip of the handshake, and the scale of windows.
    private func noteOpening(_ segment: Segment, _ direction: StreamDirection, _ now: Timestamp) {
        let isAnswer = segment.flags.contains(.acknowledges)
        if segment.flags.contains(.syn) {
            sides[direction].scale = segment.windowScale ?? -1
            opening =
                switch (opening, isAnswer) {
                case (.none, false): .asked(now)
                case (.asked(let start), true): .answered(start)
                // Sent again: nobody knows which one is answered.
                default: .done(nil)
                }
            return
        }
        if case .answered(let start) = opening, direction == .fromClient, segment.acknowledges {
            let passed = now.passed(since: start)
            opening = .done(passed >= 0 ? Int(passed) : nil)
        }
        if let scale, !segment.flags.contains(.reset) {
            sides[direction].counts.windows.add(Int(segment.window) << Int(scale[direction]))
        }
    }
    /// The scales of both sides, once they are known. They are in force when both name one (RFC 7323, 2.2).
    private var scale: PerDirection<Int8>? {
        guard let a = sides[.fromClient].scale, let b = sides[.fromServer].scale else { return nil }
        return PerDirection { a < 0 || b < 0 ? 0 : min(14, $0 == .fromClient ? a : b) }
    }
    /// Whether a segment probes, and what its window and acknowledgement say.
    private func judgeWindow(_ segment: Segment, _ direction: StreamDirection) -> Kind {
        guard segment.flags.isDisjoint(with: [.syn, .fin, .reset]) else { return .other }
        let other = direction.opposite
        let isNext = segment.sequence == sides[direction].next
        if segment.length == 1, isNext, sides[other].window == 0 { return .windowProbe }
        if segment.window == 0 { sides[direction].counts.zeroWindows &+= 1 }
        if segment.length <= 1, let next = sides[direction].next, segment.sequence == next &- 1 {
            sides[direction].counts.keepAlives &+= 1
            return .keepAlive
        }
        if segment.length == 0, segment.acknowledges, isNext, segment.window != 0,
            segment.window == sides[direction].window, segment.acknowledgement == sides[direction].acknowledged,
            sides[other].kind != .keepAlive
        {
            sides[direction].counts.duplicateAcknowledgements &+= 1
            sides[direction].duplicates &+= 1
        }
        return .other
    }
    private func noteAcknowledgement(_ segment: Segment, _ direction: StreamDirection, _ now: Timestamp) {
        let number = segment.acknowledgement
        let other = direction.opposite
        if number != sides[direction].acknowledged { sides[direction].duplicates = 0 }
        // The byte of a probe was taken after all.
        if sides[other].kind == .windowProbe, let next = sides[other].next, number == next &+ 1 {
            (sides[other].next, sides[other].seen) = (number, number)
        }
        if let next = sides[other].next, Self.isBefore(sides[other].seen, number) {
            sides[direction].counts.unseenAcknowledgements &+= 1
            // Once for each hole: what stands behind it was seen.
            sides[other].seen = Self.isBefore(number, next) ? next : number
        }
        if let passed = sides[other].underWay.acknowledge(number, now) { sides[other].counts.roundTrips.add(passed) }
    }
    /// Whether a segment that says something comes next, again, or late.
    private func judgeOrder(
        _ segment: Segment, _ direction: StreamDirection, _ now: Timestamp, isSeen: Bool, isProbe: Bool
    ) {
        let end = segment.end
        guard let next = sides[direction].next, Self.isBefore(segment.sequence, next),
            // It goes on behind the byte of a probe.
            segment.length <= 1 || segment.sequence != next &- 1
        else {
            if segment.length > 0, !isProbe { sides[direction].underWay.add(end, now) }
            return
        }
        sides[direction].underWay.doubt(from: segment.sequence)
        let other = direction.opposite
        let acknowledged = sides[other].acknowledged
        let isAcknowledged = segment.length > 0 && acknowledged.map { !Self.isBefore($0, end) } ?? false
        let isAskedFor =
            sides[other].duplicates >= 2 && acknowledged == segment.sequence
            && now.passed(since: sides[other].time) < Self.fastRetransmission
        let isSoon = now.passed(since: sides[direction].nextTime) < patience
        if isSeen && !Self.isBefore(next, end) || isAcknowledged || isAskedFor || !isSoon {
            sides[direction].counts.retransmissions &+= 1
            sides[direction].counts.retransmittedBytes &+= segment.length
        } else {
            sides[direction].counts.outOfOrder &+= 1
        }
    }
    /// How long after what stands behind it a segment is no repetition, in nanoseconds.
    private var patience: Int64 {
        if case .done(let passed?) = opening { Int64(passed) } else { Self.reordering }
    }
    private func advance(_ segment: Segment, _ direction: StreamDirection, _ now: Timestamp) {
        let before = sides[direction].next
        if before.map({ Self.isBefore($0, segment.end) }) ?? true {
            sides[direction].next = segment.end
            sides[direction].nextTime = now
        }
        if before == nil || segment.sequence == sides[direction].seen {
            sides[direction].seen = sides[direction].next ?? segment.end
        }
    }
    /// Sequence numbers wrap around.
    @inline(__always)
    private static func isBefore(_ a: UInt32, _ b: UInt32) -> Bool { Int32(bitPattern: a &- b) < 0 }
}

extension Segment {
    /// It says what its sender has received; what a reset says of that may be anything.
    fileprivate var acknowledges: Bool { flags.contains(.acknowledges) && !flags.contains(.reset) }
    /// The sequence number behind it; SYN and FIN count as one.
    fileprivate var end: UInt32 {
        sequence &+ UInt32(truncatingIfNeeded: length) &+ (flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
    }
}
