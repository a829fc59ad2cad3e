import Node

/// An analysis of the segments of one TCP connection: repeated, late and lost ones, and the times of answers. It is an
/// object, so that a connection without it stays small.
///
/// The highest sequence number before a segment determines what the segment is, as in Wireshark's `tcp.analysis`. The
/// stream knows whether all its bytes were seen before. It allocates nothing for a segment.
final class TCPAnalysis {
    /// The time in nanoseconds within which a filled gap counts as reordering, if no handshake gives the round trip.
    static let reordering: Int64 = 3_000_000
    /// The time in nanoseconds within which a repeated segment answers two duplicate acknowledgements (RFC 5681, 3.2).
    static let fastRetransmission: Int64 = 20_000_000

    // Access is unchecked as in `Conversation`: only the one `Flow` that owns it reaches it, and calls do not nest.
    @exclusivity(unchecked) private var sides = PerDirection { _ in Side() }
    @exclusivity(unchecked) private var first: Timestamp?
    @exclusivity(unchecked) private(set) var last = Timestamp(nanoseconds: 0)
    /// The segments that open and end the connection.
    @exclusivity(unchecked) private(set) var life = ConnectionLife()
    /// The first bytes, if the protocol is unknown.
    @exclusivity(unchecked) var unknown: FirstBytes?
    @exclusivity(unchecked) private var opening = Opening.none

    /// The progress of a handshake.
    private enum Opening {
        case none
        case asked(Timestamp)
        case answered(Timestamp)
        /// The round trip of the handshake in nanoseconds; nil if it cannot be determined.
        case done(Int?)
    }
    /// The kind of a segment, as far as the next segment of the other side depends on it.
    private enum Kind { case other, keepAlive, windowProbe }

    private struct Side {
        var counts = TCPCounts()
        /// The sequence number after the highest byte that was seen, and when it was seen. SYN and FIN count as one
        /// byte.
        var next: UInt32?
        var nextTime = Timestamp(nanoseconds: 0)
        /// The sequence number up to which everything was seen without a gap, or was acknowledged anyway.
        var seen: UInt32 = 0
        /// The properties of the last segment. The window is not scaled.
        var window: UInt16?
        var acknowledged: UInt32?
        var time = Timestamp(nanoseconds: 0)
        var kind = Kind.other
        /// The number of duplicate acknowledgements of the same number.
        var duplicates = 0
        /// The window scale in its SYN; -1 if the SYN has none. Nil if no SYN was seen.
        var scale: Int8?
        var underWay = SegmentsUnderWay()
    }

    /// Returns the counts so far.
    func summary(_ ends: FlowEnds) -> TCPSummary {
        var handshake: Int?
        if case .done(let passed) = opening { handshake = passed }
        return TCPSummary(
            flow: ends.flow, client: ends.client, server: ends.server, first: first ?? last, last: last,
            handshake: handshake, fromClient: sides[.fromClient].counts, fromServer: sides[.fromServer].counts,
            firstFrame: life.firstFrame, unknown: unknown)
    }
    /// True if a segment of either side had payload.
    var hasPayload: Bool { sides[.fromClient].counts.bytes > 0 || sides[.fromServer].counts.bytes > 0 }
    /// Notes that one side resets the connection.
    func noteReset(_ direction: StreamDirection) { life.noteReset(direction) }
    /// Notes that `count` bytes of one direction will never be seen.
    func lose(_ count: Int64, _ direction: StreamDirection) {
        sides[direction].counts.losses &+= 1
        sides[direction].counts.lostBytes &+= Int(clamping: count)
    }

    /// Receives the next segment. `isSeen`: all of its captured payload arrived before.
    func receive(_ segment: Segment, _ direction: StreamDirection, _ mark: Mark, isSeen: Bool) {
        let now = mark.time
        life.note(segment, direction, mark)
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
    /// Measures the round trip of the handshake, and reads the window scales.
    private func noteOpening(_ segment: Segment, _ direction: StreamDirection, _ now: Timestamp) {
        let isAnswer = segment.flags.contains(.acknowledges)
        if segment.flags.contains(.syn) {
            sides[direction].scale = segment.windowScale ?? -1
            opening =
                switch (opening, isAnswer) {
                case (.none, false): .asked(now)
                case (.asked(let start), true): .answered(start)
                // If a SYN is sent again, it is not known which one is answered.
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
    /// The scales of both sides, once they are known. They are in force if both SYNs have one (RFC 7323, 2.2).
    private var scale: PerDirection<Int8>? {
        guard let a = sides[.fromClient].scale, let b = sides[.fromServer].scale else { return nil }
        return PerDirection { a < 0 || b < 0 ? 0 : min(14, $0 == .fromClient ? a : b) }
    }
    /// Returns the kind of a segment, and counts its window and acknowledgement.
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
        // The receiver accepted the byte of a probe.
        if sides[other].kind == .windowProbe, let next = sides[other].next, number == next &+ 1 {
            (sides[other].next, sides[other].seen) = (number, number)
        }
        if let next = sides[other].next, Self.isBefore(sides[other].seen, number) {
            sides[direction].counts.unseenAcknowledgements &+= 1
            // This counts once for each gap, because the bytes after the gap were seen.
            sides[other].seen = Self.isBefore(number, next) ? next : number
        }
        if let passed = sides[other].underWay.acknowledge(number, now) { sides[other].counts.roundTrips.add(passed) }
    }
    /// Decides whether a segment with data is next, repeated, or late.
    private func judgeOrder(
        _ segment: Segment, _ direction: StreamDirection, _ now: Timestamp, isSeen: Bool, isProbe: Bool
    ) {
        let end = segment.end
        guard let next = sides[direction].next, Self.isBefore(segment.sequence, next),
            // The segment continues after the byte of a probe.
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
    /// The time in nanoseconds within which a segment that fills a gap is not a retransmission.
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
    /// Compares sequence numbers, which wrap around.
    @inline(__always)
    private static func isBefore(_ a: UInt32, _ b: UInt32) -> Bool { Int32(bitPattern: a &- b) < 0 }
}

extension Segment {
    /// True if its acknowledgement number is valid. The number in a reset may be anything.
    fileprivate var acknowledges: Bool { flags.contains(.acknowledges) && !flags.contains(.reset) }
    /// The sequence number after the segment. SYN and FIN count as one byte.
    fileprivate var end: UInt32 {
        sequence &+ UInt32(truncatingIfNeeded: length) &+ (flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
    }
}
