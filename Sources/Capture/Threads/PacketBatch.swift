import Node

/// Packets that follow each other, sorted by lanes. One thread fills it, then others read it.
///
/// Where a packet's bytes stay where they are, nothing of it is copied, and whose lane it is reads it again: a look at its
/// headers costs less than to hand on what they say.
final class PacketBatch {
    /// Something for a lane.
    struct Item {
        enum Content {
            /// A packet whose bytes stay, from an address on.
            case kept
            /// A packet whose bytes lie in the batch, from an offset on.
            case copied
            /// The number of what was put together from fragments.
            case whole
            /// The number of keys.
            case secrets
        }
        var content: Content
        var link = LinkType.null
        /// An address, an offset or a number.
        var place: Int
        /// Bytes that were captured.
        var count = 0
        /// Bytes on the wire.
        var length = 0
        var mark = Mark(frame: 0, time: Timestamp(nanoseconds: 0))
    }
    private(set) var items = [[Item]](repeating: [], count: FlowLane.count)
    /// What keeps packets where they are, and which window the last one of it is.
    private var keepers: [AnyObject] = []
    private var lastWindow = 0
    private var bytes: [UInt8] = []
    private var wholes: [Reassembled] = []
    private var secrets: [Secrets] = []
    /// Bytes of its packets.
    private(set) var byteCount = 0
    /// When the first packet of the capture was captured.
    private(set) var start = Timestamp(nanoseconds: 0)
    /// Lanes that have not read it yet.
    var remaining = 0

    /// Takes in the current packet of a source, apart from what is counted of it. Returns where that stands.
    func add<Source: PacketSource & ~Copyable>(
        from source: borrowing Source, _ fragments: inout IPFragments, _ tally: inout Tally
    ) -> Mark {
        let packet = source.current()
        tally.count(packet)
        start = tally.start ?? packet.time
        byteCount &+= packet.bytes.byteCount
        let window = source.windowNumber
        var stays = window > 0
        if stays, window != lastWindow || keepers.isEmpty {
            stays = false
            if let keeper = source.keeper {
                keepers.append(keeper)
                (lastWindow, stays) = (window, true)
            }
        }
        guard packet.link == .ieee80211 || packet.link == .radiotap,
            case .several(let first) = WirelessFrame(packet.bytes, packet.link)
        else {
            addOne(packet, stays, &fragments, &tally)
            return Mark(frame: packet.number, time: packet.time)
        }
        var at = first
        while let range = WirelessFrame.next(packet.bytes, at: &at) {
            let part = Packet(
                number: packet.number, time: packet.time, length: range.count, link: .ethernet,
                bytes: packet.bytes.extracting(range.lowerBound..<min(range.upperBound, packet.bytes.byteCount)))
            addOne(part, stays, &fragments, &tally)
        }
        if at == first { tally.damagedPackets &+= 1 }
        return Mark(frame: packet.number, time: packet.time)
    }
    @inline(__always)
    private func addOne(
        _ packet: borrowing Packet, _ stays: Bool, _ fragments: inout IPFragments, _ tally: inout Tally
    ) {
        switch Layers(packet) {
        case .tcp(let segment): add(packet, stays, FlowLane(segment.source, segment.destination))
        case .udp(let datagram):
            add(packet, stays, FlowLane(datagram.source, datagram.destination, .udp))
        case .fragment(let fragment): add(fragment, packet, &fragments, &tally)
        case .other: tally.countOther(packet)
        case .damaged: tally.damagedPackets &+= 1
        }
    }
    @inline(__always)
    private func add(_ packet: borrowing Packet, _ stays: Bool, _ lane: FlowLane) {
        var item = Item(
            content: .kept, link: packet.link, place: 0, count: packet.bytes.byteCount, length: packet.length,
            mark: Mark(frame: packet.number, time: packet.time))
        if stays {
            item.place = packet.bytes.withUnsafeBytes { Int(bitPattern: $0.baseAddress) }
        } else {
            (item.content, item.place) = (.copied, bytes.count)
            packet.bytes.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
        items[lane.number].append(item)
    }
    private func add(
        _ fragment: Fragment, _ packet: borrowing Packet, _ fragments: inout IPFragments, _ tally: inout Tally
    ) {
        guard let whole = fragments.receive(fragment, packet, &tally, { _ in }) else { return }
        let lane: FlowLane
        switch whole.layers {
        case .tcp(let segment): lane = FlowLane(segment.source, segment.destination)
        case .udp(let datagram): lane = FlowLane(datagram.source, datagram.destination, .udp)
        case .fragment, .other, .damaged: return
        }
        items[lane.number].append(
            Item(content: .whole, place: wholes.count, mark: Mark(frame: packet.number, time: packet.time)))
        wholes.append(whole)
    }
    /// Keys for what follows, in every lane.
    func add(_ secrets: Secrets) {
        for lane in items.indices { items[lane].append(Item(content: .secrets, place: self.secrets.count)) }
        self.secrets.append(secrets)
    }
    /// Lets a lane's connections read what is theirs.
    func read(_ lane: Int, _ table: inout FlowTable, _ sink: inout some RecordSink) {
        let bytes = bytes
        for item in items[lane] {
            switch item.content {
            case .kept:
                // It lies in a window that `keepers` has.
                let data = unsafe UnsafeRawBufferPointer(
                    start: UnsafeRawPointer(bitPattern: item.place), count: item.count)
                table.receive(Self.packet(item, data.bytes), start: start, &sink)
            case .copied:
                let data = bytes.span.bytes.extracting(item.place..<item.place &+ item.count)
                table.receive(Self.packet(item, data), start: start, &sink)
            case .whole: table.receive(wholes[item.place], item.mark, start: start, &sink)
            case .secrets: table.learn(secrets[item.place])
            }
        }
    }
    @inline(__always) @_lifetime(copy bytes)
    private static func packet(_ item: Item, _ bytes: RawSpan) -> Packet {
        Packet(number: item.mark.frame, time: item.mark.time, length: item.length, link: item.link, bytes: bytes)
    }
    /// Empty again.
    func clear() {
        for lane in items.indices { items[lane].removeAll(keepingCapacity: true) }
        bytes.removeAll(keepingCapacity: bytes.capacity <= RecordBatch.roomKept)
        (byteCount, lastWindow) = (0, 0)
        keepers.removeAll(keepingCapacity: true)
        wholes.removeAll()
        secrets.removeAll()
    }
}
