import Node

/// Packets that follow each other, sorted by lanes. One thread fills it, then others read it.
///
/// What its headers say is handed on with a packet, so that they are read once. Where its bytes stay where they are,
/// nothing of it is copied.
final class PacketBatch {
    // Unchecked, because it cannot be violated: a batch has one owner while it is filled, and nothing of it changes while
    // lanes read it. Checks for every packet would cost as much as its headers.
    /// Something for a lane.
    struct Item {
        enum Content {
            /// A segment whose payload stays, from an address on.
            case kept
            /// A segment whose payload lies in the batch, from an offset on.
            case copied
            /// A datagram, likewise.
            case keptDatagram
            /// A datagram, likewise.
            case copiedDatagram
            /// The number of what was put together from fragments.
            case whole
            /// The number of keys.
            case secrets
        }
        var content: Content
        /// An address, an offset or a number.
        var place: Int
        var mark = Mark(frame: 0, time: Timestamp(nanoseconds: 0))
        /// What the headers say; of a datagram, as far as it has that.
        var segment = Segment(
            source: nobody, destination: nobody, sequence: 0, acknowledgement: 0, flags: [], payload: 0..<0, length: 0)
        private static let nobody = Endpoint(high: 0, low: 0, port: 0)
    }
    @exclusivity(unchecked) private(set) var items = [[Item]](repeating: [], count: FlowLane.count)
    /// What keeps packets where they are, and which window the last one of it is.
    @exclusivity(unchecked) private var keepers: [AnyObject] = []
    @exclusivity(unchecked) private var lastWindow = 0
    @exclusivity(unchecked) private var bytes: [UInt8] = []
    @exclusivity(unchecked) private var wholes: [Reassembled] = []
    @exclusivity(unchecked) private var secrets: [Secrets] = []
    /// Bytes of its packets.
    @exclusivity(unchecked) private(set) var byteCount = 0
    /// When the first packet of the capture was captured.
    @exclusivity(unchecked) private(set) var start = Timestamp(nanoseconds: 0)
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
        case .tcp(let segment):
            add(segment, packet, stays ? .kept : .copied, FlowLane(segment.source, segment.destination))
        case .udp(let datagram):
            add(
                Segment(
                    source: datagram.source, destination: datagram.destination, sequence: 0, acknowledgement: 0,
                    flags: [], payload: datagram.payload, length: datagram.length),
                packet, stays ? .keptDatagram : .copiedDatagram,
                FlowLane(datagram.source, datagram.destination, .udp))
        case .fragment(let fragment): add(fragment, packet, &fragments, &tally)
        case .other: tally.countOther(packet)
        case .damaged: tally.damagedPackets &+= 1
        }
    }
    @inline(__always)
    private func add(_ segment: Segment, _ packet: borrowing Packet, _ content: Item.Content, _ lane: FlowLane) {
        let payload = packet.bytes.extracting(segment.payload)
        var place = bytes.count
        if content == .kept || content == .keptDatagram {
            place = payload.withUnsafeBytes { Int(bitPattern: $0.baseAddress) }
        } else {
            payload.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
        items[lane.number].append(
            Item(
                content: content, place: place, mark: Mark(frame: packet.number, time: packet.time), segment: segment))
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
            let count = item.segment.payload.count
            switch item.content {
            case .kept, .keptDatagram:
                // It lies in a window that `keepers` has.
                let payload = unsafe UnsafeRawBufferPointer(
                    start: UnsafeRawPointer(bitPattern: item.place), count: count)
                receive(item, payload.bytes, &table, &sink)
            case .copied, .copiedDatagram:
                receive(item, bytes.span.bytes.extracting(item.place..<item.place &+ count), &table, &sink)
            case .whole: table.receive(wholes[item.place], item.mark, start: start, &sink)
            case .secrets: table.learn(secrets[item.place])
            }
        }
    }
    @inline(__always)
    private func receive(_ item: Item, _ payload: RawSpan, _ table: inout FlowTable, _ sink: inout some RecordSink) {
        let s = item.segment
        switch item.content {
        case .keptDatagram, .copiedDatagram:
            let datagram = Datagram(
                source: s.source, destination: s.destination, payload: s.payload, length: s.length)
            table.receive(datagram, payload, item.mark, start: start, &sink)
        case .kept, .copied, .whole, .secrets: table.receive(s, payload, item.mark, start: start, &sink)
        }
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
