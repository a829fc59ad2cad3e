internal import Node
internal import Scenario
internal import Wire

/// The state of one connection of a `WireImage`.
struct WireFlow {
    /// One end of a stream.
    private struct Side {
        var at: Endpoint
        /// The sequence number of the next byte that it sends.
        var next: UInt32
        /// The number of its bytes that the other side has not acknowledged.
        var open = 0
        /// True if it has sent its FIN.
        var isDone = false
    }
    private var ours: Side
    private var theirs: Side
    private let isDialed: Bool
    private let transport: Transport
    private var isOpen = false
    private var isReset = false
    /// True if one side has half-closed: the end of the other side is a separate event.
    private var isHalfClosed = false
    private var number: UInt16 = 0
    /// The index of the entry with the last bytes of each side.
    var lastSent = -1
    var lastReceived = -1

    /// The maximum number of unacknowledged bytes. It is less than the window, because tools would report a full
    /// window.
    private static let maximumOpen = 32_768

    init(ours: Endpoint, theirs: Endpoint, isDialed: Bool, _ transport: Transport) {
        // The initial sequence numbers are arbitrary. These values make the two sides easy to distinguish.
        self.ours = Side(at: ours, next: 1_000_000)
        self.theirs = Side(at: theirs, next: 2_000_000)
        self.isDialed = isDialed
        self.transport = transport
    }
    /// Appends the packets of a trace entry. `entry` is its index.
    mutating func add(_ e: CaseRecord.Exchange, _ entry: Int, to out: inout [WirePacket]) {
        let bySent = e.direction == .sent
        if transport == .udp {
            if e.kind == .opened || e.kind == .closed || e.isCarried { return }
            number &+= 1
            let (from, to) = bySent ? (ours.at, theirs.at) : (theirs.at, ours.at)
            let bytes = IPPacket.udp(from, to, e.bytes[...].prefix(65_507), number: number)
            return out.append(WirePacket(at: e.at, bytes: bytes, entry: entry, isMain: true))
        }
        guard !isReset else { return }
        // A data channel has no stream, and all its entries are carried.
        if !isOpen, !e.isCarried { open(e.at, entry, to: &out) }
        // A gap in the trace is also a gap in the sequence numbers.
        let gap = UInt32(truncatingIfNeeded: e.leftOut.bytes)
        if bySent { ours.next &+= gap } else { theirs.next &+= gap }
        if e.isCarried { return }
        switch e.kind {
        case .opened: break
        case .message, .bytes:
            let bytes = e.bytes
            var at = 0
            while at < bytes.count, !(bySent ? ours : theirs).isDone {
                let end = min(bytes.count, at + WirePacket.maximumSegment)
                let flags: IPPacket.Flags = end == bytes.count ? [.push, .acknowledges] : [.acknowledges]
                segment(bySent: bySent, flags, bytes[at..<end], at: e.at, entry: entry, isMain: at == 0, to: &out)
                if (bySent ? ours : theirs).open >= Self.maximumOpen {
                    segment(bySent: !bySent, .acknowledges, [], at: e.at, entry: entry, to: &out)
                }
                at = end
            }
            // The other side ended before these last bytes, so they are followed by the answer to its end.
            let isLast = entry == (bySent ? lastSent : lastReceived)
            if isLast, !isHalfClosed, (bySent ? theirs : ours).isDone {
                finish(bySent, e.at, entry, isMain: false, to: &out)
            }
        case .closed:
            if e.name.hasPrefix("reset") {
                segment(bySent: bySent, [.reset, .acknowledges], [], at: e.at, entry: entry, isMain: true, to: &out)
                isReset = true
            } else if e.name == "half-closed" {
                isHalfClosed = true
                finish(bySent, e.at, entry, isMain: true, to: &out)
            } else {
                finish(bySent, e.at, entry, isMain: true, to: &out)
                if entry > (bySent ? lastReceived : lastSent) { finish(!bySent, e.at, entry, isMain: false, to: &out) }
            }
        }
    }
    private mutating func open(_ at: Duration, _ entry: Int, to out: inout [WirePacket]) {
        isOpen = true
        segment(bySent: isDialed, .syn, [], at: at, entry: entry, isMain: true, to: &out)
        segment(bySent: !isDialed, [.syn, .acknowledges], [], at: at, entry: entry, to: &out)
        segment(bySent: isDialed, .acknowledges, [], at: at, entry: entry, to: &out)
    }
    private mutating func finish(
        _ bySent: Bool, _ at: Duration, _ entry: Int, isMain: Bool, to out: inout [WirePacket]
    ) {
        guard !(bySent ? ours : theirs).isDone else { return }
        segment(bySent: bySent, [.fin, .acknowledges], [], at: at, entry: entry, isMain: isMain, to: &out)
        if bySent { ours.isDone = true } else { theirs.isDone = true }
        segment(bySent: !bySent, .acknowledges, [], at: at, entry: entry, to: &out)
    }
    private mutating func segment(
        bySent: Bool, _ flags: IPPacket.Flags, _ payload: ArraySlice<UInt8>, at: Duration, entry: Int,
        isMain: Bool = false, to out: inout [WirePacket]
    ) {
        var from = bySent ? ours : theirs
        var to = bySent ? theirs : ours
        number &+= 1
        let bytes = IPPacket.tcp(
            from: from.at, to: to.at, sequence: from.next, acknowledged: to.next, flags, payload, number: number)
        out.append(WirePacket(at: at, bytes: bytes, entry: entry, isMain: isMain))
        // SYN and FIN take one sequence number each.
        let isMark = flags.contains(.syn) || flags.contains(.fin)
        from.next &+= UInt32(truncatingIfNeeded: payload.count) &+ (isMark ? 1 : 0)
        from.open += payload.count
        if flags.contains(.acknowledges) { to.open = 0 }
        if bySent { (ours, theirs) = (from, to) } else { (theirs, ours) = (from, to) }
    }
}
