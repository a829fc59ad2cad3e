import Node

/// A reassembler of fragmented IP packets.
///
/// Overlapping fragments discard the packet for good (RFC 5722 for IPv6; for IPv4 as current systems do). Exact
/// repetitions are ignored (RFC 8200, 4.5). Incomplete packets are kept up to `packetLimit` packets and `byteLimit`
/// bytes. Above these limits, or after their time, the oldest are discarded first.
struct IPFragments {
    /// The maximum number of incomplete packets.
    static let packetLimit = 4096
    /// The maximum number of their bytes, including the overhead of each fragment.
    static let byteLimit = 4 << 20
    /// The maximum number of bytes of an IP packet's content. A jumbogram cannot be fragmented.
    static let contentLimit = 65_535
    /// The time in nanoseconds to wait for a packet: 60 s (RFC 8200, 4.5).
    static let patience: Int64 = 60_000_000_000
    /// The number of bytes that a fragment counts in addition to its own.
    static let overhead = 64

    /// A complete packet.
    struct Whole {
        var bytes: [UInt8]
        var key: Fragment.Key
        var next: UInt8
        /// The frames of the packet, in the order of its bytes.
        var pieces: [FramePiece]
    }
    /// The result of a fragment.
    enum Outcome {
        case waits
        case whole(Whole)
        /// The fragment overlaps others, or its position is invalid. The packet is lost.
        case refused
        /// The fragment belongs to a lost packet, or repeats another one.
        case ignored
    }
    private struct Piece {
        var start: Int
        var bytes: [UInt8]
        var frame: Int
        var stop: Int { start &+ bytes.count }
    }
    private struct Assembly {
        var pieces: [Piece] = []
        var total: Int?
        var next: UInt8?
        var count = 0
        var first: Timestamp
        var serial: Int
        var isLost = false
        var cost: Int { pieces.reduce(IPFragments.overhead) { $0 &+ $1.bytes.count &+ IPFragments.overhead } }
    }
    private var assemblies: [Fragment.Key: Assembly] = [:]
    /// The fragments of the packets completed last. A mirror port may deliver them again.
    private var recent: [Fragment.Key: Set<Seen>] = [:]
    private var recentKeys: ArraySlice<Fragment.Key> = []
    /// The maximum number of packets in `recent`.
    private static let recentLimit = 64
    private struct Seen: Hashable {
        var start: Int
        var bytes: [UInt8]
    }
    /// The packets, oldest first. It may contain packets that are gone or began again.
    private var order: ArraySlice<(key: Fragment.Key, serial: Int)> = []
    private var serial = 0
    /// The number of bytes kept, as `byteLimit` counts them.
    private(set) var memory = 0
    /// The number of packets that were never completed.
    private(set) var givenUp = 0
    /// The number of packets that wait for fragments now.
    var waiting: Int { assemblies.count { !$0.value.isLost } }

    /// Adds a fragment; `bytes` are the packet that contains it.
    mutating func receive(_ fragment: Fragment, _ bytes: RawSpan, _ mark: Mark) -> Outcome {
        expire(mark.time)
        if !recent.isEmpty, assemblies[fragment.key] == nil, isRepeated(fragment, bytes) { return .ignored }
        // The assembly is removed from the dictionary, so that its pieces grow in place.
        var assembly = assemblies.removeValue(forKey: fragment.key) ?? begin(fragment.key, mark.time)
        let outcome = assembly.isLost ? .ignored : take(fragment, bytes, frame: mark.frame, into: &assembly)
        switch outcome {
        case .whole:
            memory &-= assembly.cost
            remember(fragment.key, assembly)
            return outcome
        case .refused:
            // All later fragments of this packet are ignored until its time is over.
            memory &-= assembly.cost &- Self.overhead
            (assembly.pieces, assembly.isLost) = ([], true)
            givenUp &+= 1
        case .waits, .ignored: break
        }
        assemblies[fragment.key] = assembly
        while assemblies.count > Self.packetLimit || memory > Self.byteLimit, dropOldest() {}
        return outcome
    }
    private mutating func take(
        _ fragment: Fragment, _ bytes: RawSpan, frame: Int, into assembly: inout Assembly
    ) -> Outcome {
        let start = fragment.offset
        let stop = start &+ fragment.length
        // All fragments except the last have a multiple of 8 bytes. None may extend beyond the longest packet. A
        // fragment that the snap length cut can never be completed.
        guard stop <= Self.contentLimit, fragment.length > 0, !fragment.more || fragment.length & 7 == 0,
            fragment.payload.count == fragment.length
        else { return .refused }
        let piece = bytes.extracting(fragment.payload)
        for p in assembly.pieces where start < p.stop && stop > p.start {
            guard p.start == start, p.stop == stop, p.bytes.span.bytes.same(as: piece),
                fragment.more == (assembly.total != stop)
            else { return .refused }
            return .ignored
        }
        if fragment.more {
            if let total = assembly.total, stop > total { return .refused }
        } else {
            guard assembly.total == nil, !assembly.pieces.contains(where: { $0.stop > stop }) else { return .refused }
            assembly.total = stop
        }
        if start == 0 { assembly.next = fragment.next }
        assembly.count &+= fragment.length
        assembly.pieces.append(Piece(start: start, bytes: piece.withUnsafeBytes { [UInt8]($0) }, frame: frame))
        memory &+= fragment.length &+ Self.overhead
        guard assembly.count == assembly.total, let next = assembly.next else { return .waits }
        let sorted = assembly.pieces.sorted { $0.start < $1.start }
        return .whole(
            Whole(
                bytes: sorted.flatMap(\.bytes), key: fragment.key, next: next,
                pieces: sorted.map { ($0.stop, $0.frame) }))
    }

    /// Returns whether the fragment repeats a fragment of a packet that was completed before.
    private func isRepeated(_ fragment: Fragment, _ bytes: RawSpan) -> Bool {
        guard let seen = recent[fragment.key], fragment.payload.count == fragment.length else { return false }
        let content = bytes.extracting(fragment.payload).withUnsafeBytes { [UInt8]($0) }
        return seen.contains(Seen(start: fragment.offset, bytes: content))
    }
    private mutating func remember(_ key: Fragment.Key, _ assembly: Assembly) {
        if recent.updateValue(Set(assembly.pieces.map { Seen(start: $0.start, bytes: $0.bytes) }), forKey: key) == nil {
            recentKeys.append(key)
        }
        while recentKeys.count > Self.recentLimit { recent[recentKeys.removeFirst()] = nil }
    }
    private mutating func begin(_ key: Fragment.Key, _ time: Timestamp) -> Assembly {
        serial &+= 1
        if order.count > 2 &* Self.packetLimit {
            order = ArraySlice(order.filter { assemblies[$0.key]?.serial == $0.serial })
        }
        order.append((key, serial))
        memory &+= Self.overhead
        return Assembly(first: time, serial: serial)
    }
    /// Gives up packets whose time is over, and skips those that are gone.
    private mutating func expire(_ time: Timestamp) {
        while let (key, serial) = order.first {
            if let oldest = assemblies[key], oldest.serial == serial {
                let (age, over) = time.nanoseconds.subtractingReportingOverflow(oldest.first.nanoseconds)
                guard over || age > Self.patience else { return }
                remove(key)
            }
            order.removeFirst()
        }
    }
    private mutating func dropOldest() -> Bool {
        while let (key, serial) = order.popFirst() {
            guard assemblies[key]?.serial == serial else { continue }
            remove(key)
            return true
        }
        return false
    }
    private mutating func remove(_ key: Fragment.Key) {
        guard let old = assemblies.removeValue(forKey: key) else { return }
        if !old.isLost { givenUp &+= 1 }
        memory &-= old.cost
    }
    /// Ends the capture: incomplete packets are given up.
    mutating func finish() {
        givenUp &+= waiting
        (assemblies, order, memory) = ([:], [], 0)
    }
}
