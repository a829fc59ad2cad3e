import Node

/// What packets that follow each other carry, with copies of their bytes, sorted by lanes. One thread fills it, then others
/// read it.
final class PacketBatch {
    /// Something for a lane.
    enum Content {
        /// A segment or a datagram; `pieces` as in `Reassembled`.
        case layers(Layers, pieces: [(stop: Int, frame: Int)])
        case secrets(Secrets)
    }
    struct Item {
        var content: Content
        /// Where the bytes are that the content's places lie in.
        var bytes: Range<Int>
        var mark: Mark
    }
    private(set) var items = [[Item]](repeating: [], count: FlowLane.count)
    private(set) var bytes: [UInt8] = []
    /// When the first packet of the capture was captured.
    private(set) var start = Timestamp(nanoseconds: 0)
    /// Lanes that have not read it yet.
    var remaining = 0

    /// Takes in a packet, apart from what is counted of it.
    func add(_ packet: borrowing Packet, _ fragments: inout IPFragments, _ tally: inout Tally) {
        tally.count(packet)
        start = tally.start ?? packet.time
        guard packet.link == .ieee80211 || packet.link == .radiotap,
            case .several(let first) = WirelessFrame(packet.bytes, packet.link)
        else { return addOne(packet, &fragments, &tally) }
        var at = first
        while let range = WirelessFrame.next(packet.bytes, at: &at) {
            let part = Packet(
                number: packet.number, time: packet.time, length: range.count, link: .ethernet,
                bytes: packet.bytes.extracting(range.lowerBound..<min(range.upperBound, packet.bytes.byteCount)))
            addOne(part, &fragments, &tally)
        }
        if at == first { tally.damagedPackets &+= 1 }
    }
    private func addOne(_ packet: borrowing Packet, _ fragments: inout IPFragments, _ tally: inout Tally) {
        let layers = Layers(packet)
        switch layers {
        case .tcp, .udp: add(layers, packet.bytes, [], Mark(frame: packet.number, time: packet.time))
        case .fragment(let fragment):
            guard let whole = fragments.receive(fragment, packet, &tally, { _ in }) else { return }
            add(whole.layers, whole.bytes.span.bytes, whole.pieces, Mark(frame: packet.number, time: packet.time))
        case .other: tally.countOther(packet)
        case .damaged: tally.damagedPackets &+= 1
        }
    }
    @inline(__always)
    private func add(_ layers: Layers, _ data: RawSpan, _ pieces: [(stop: Int, frame: Int)], _ mark: Mark) {
        let lane: FlowLane
        switch layers {
        case .tcp(let segment): lane = FlowLane(segment.source, segment.destination)
        case .udp(let datagram): lane = FlowLane(datagram.source, datagram.destination)
        case .fragment, .other, .damaged: return
        }
        let from = bytes.count
        data.withUnsafeBytes { bytes.append(contentsOf: $0) }
        items[lane.number].append(
            Item(content: .layers(layers, pieces: pieces), bytes: from..<bytes.count, mark: mark))
    }
    /// Keys for what follows, in every lane.
    func add(_ secrets: Secrets) {
        let item = Item(
            content: .secrets(secrets), bytes: 0..<0, mark: Mark(frame: 0, time: Timestamp(nanoseconds: 0)))
        for lane in items.indices { items[lane].append(item) }
    }
    /// Lets a lane's connections read what is theirs.
    func read(_ lane: Int, _ table: inout FlowTable, _ sink: inout some RecordSink) {
        let bytes = bytes
        for item in items[lane] {
            switch item.content {
            case .layers(let layers, let pieces):
                table.receive(layers, bytes.span.bytes.extracting(item.bytes), pieces, item.mark, start: start, &sink)
            case .secrets(let secrets): table.learn(secrets)
            }
        }
    }
    /// Empty again.
    func clear() {
        for lane in items.indices { items[lane].removeAll(keepingCapacity: true) }
        bytes.removeAll(keepingCapacity: bytes.capacity <= RecordBatch.roomKept)
    }
}
