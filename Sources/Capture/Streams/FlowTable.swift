public import Node

/// A table of connections that turns packets into records. It finds the connection of each packet, puts its streams in
/// order and splits them into messages.
///
/// It reads TCP and UDP over IPv4 and IPv6 and reassembles fragments. It checks checksums on request. `CaptureLimits`
/// bounds its memory. Above the limits it gives up the oldest data, as if the capture ended for it, and reports that
/// with a `CaptureNote`.
public struct FlowTable {
    /// The counts of everything read so far.
    public var tally: Tally { context.tally }

    private var context: FlowContext
    private var flows = FlowStore()
    /// The closed connections, oldest first.
    private var closed: ArraySlice<(position: UInt32, number: Int)> = []
    /// The position of the last segment's connection, which is often the next segment's connection too.
    private var recent = -1
    /// The SYNs that may have replaced connections, by the positions of these.
    private var reopenings: [Int: Reopening] = [:]
    private var fragments = IPFragments()
    private var unknown = UnknownDatagrams()

    /// Creates a table. The rules of `options` determine the protocol of a connection first, then the well-known ports
    /// of `definitions`, then the first bytes. Over UDP it knows only protocols with a `datagramObserver`.
    public init(_ definitions: [Definition], _ options: ReadingOptions = ReadingOptions()) {
        context = FlowContext(definitions, options)
    }

    /// Receives the next packet of a capture.
    public mutating func receive(_ packet: borrowing Packet, _ sink: inout some RecordSink) {
        context.packet = (packet.length, context.tally.end.map { packet.time.passed(since: $0) } ?? 0)
        context.tally.count(packet)
        context.mark = Mark(frame: packet.number, time: packet.time)
        let wantsPackets = sink.wantsPackets
        if wantsPackets { sink.packet(packet) }
        if packet.hasOptions {
            // This comment is the packet's number, which is reported separately.
            let number = OriginalFrame.comment(packet.number)
            context.comments.add(packet.comments.filter { $0 != number }, frame: packet.number)
        }
        if packet.link.isWireless, let at = WirelessFrame.several(in: packet) {
            return receiveSeveral(packet, at, &sink)
        }
        recent = wantsPackets ? -1 : recent
        let isFragment = receiveOne(packet, &sink)
        guard wantsPackets else { return }
        let flow = recent >= 0 ? flows[recent] : nil
        // A fragment waits for others regardless of its connection's state.
        sink.settled(flow: flow?.number ?? 0, waits: isFragment || flow?.isWaiting ?? false)
    }
    /// Receives a frame with several packets. The first begins at `start`.
    private mutating func receiveSeveral(_ packet: borrowing Packet, _ start: Int, _ sink: inout some RecordSink) {
        var at = start
        var (waiting, quiet): ([Int], [Int]) = ([], [])
        var isFragment = false
        while let range = WirelessFrame.next(packet.bytes, at: &at) {
            let captured = min(range.upperBound, packet.bytes.byteCount)
            let part = Packet(
                number: packet.number, time: packet.time, length: range.count, link: .ethernet,
                bytes: packet.bytes.extracting(range.lowerBound..<captured))
            recent = -1
            if receiveOne(part, &sink) { isFragment = true }
            guard recent >= 0 else { continue }
            let number = flows[recent].number
            if flows[recent].isWaiting { waiting.append(number) } else { quiet.append(number) }
        }
        if at == start { context.tally.damagedPackets &+= 1 }
        guard sink.wantsPackets else { return }
        if isFragment || !waiting.isEmpty {
            // If several connections wait, the packet is kept for every one, and `flow` is 0.
            return sink.settled(flow: !isFragment && waiting.count == 1 ? waiting[0] : 0, waits: true)
        }
        for flow in quiet.isEmpty ? [0] : quiet { sink.settled(flow: flow, waits: false) }
    }
    /// Receives one packet. Returns true if it is a fragment.
    @inline(__always)
    private mutating func receiveOne(_ packet: borrowing Packet, _ sink: inout some RecordSink) -> Bool {
        let layers = Layers(packet)
        if context.options.checksums, isDropped(layers, packet.bytes, &sink) { return false }
        switch layers {
        case .tcp(let segment): receive(segment, packet.bytes.extracting(segment.payload), &sink)
        case .udp(let datagram): receive(datagram, packet.bytes.extracting(datagram.payload), [], to: &sink)
        case .fragment(let fragment):
            receive(fragment, packet, &sink)
            return true
        case .unopened(let tunnel): context.tally.unopened[tunnel] &+= 1
        case .other, .inner: context.tally.countOther(packet)
        case .damaged: context.tally.damagedPackets &+= 1
        }
        return false
    }
    /// Checks the checksums of a packet. Returns true if one is wrong, so that receivers drop the packet.
    private mutating func isDropped(_ layers: Layers, _ bytes: RawSpan, _ sink: inout some RecordSink) -> Bool {
        let result = layers.checksum(bytes)
        context.tally.checksums.count(result)
        guard let fault = result.fault else { return false }
        sink.note(context.warning(nil, fault))
        return true
    }
    private mutating func receive(_ fragment: Fragment, _ packet: borrowing Packet, _ sink: inout some RecordSink) {
        context.tally.fragments &+= 1
        let outcome = fragments.receive(fragment, packet.bytes, context.mark)
        context.tally.lostFragmentedPackets = fragments.givenUp
        switch outcome {
        case .waits, .ignored: break
        case .refused:
            sink.note(
                context.warning(
                    nil,
                    "fragments of a packet from \(fragment.key.source.host) to \(fragment.key.destination.host) "
                        + "overlap, have a wrong offset or are cut: the packet is dropped (RFC 5722)"))
        case .whole(let whole):
            context.tally.reassembledPackets &+= 1
            let bytes = whole.bytes.span.bytes
            let layers = Layers(whole: bytes, whole.key, next: whole.next)
            if context.options.checksums, isDropped(layers, bytes, &sink) { return }
            switch layers {
            case .tcp(let segment): receive(segment, bytes.extracting(segment.payload), &sink)
            case .udp(let datagram):
                let start = datagram.payload.lowerBound
                let pieces = whole.pieces.map { (stop: max(0, $0.stop &- start), frame: $0.frame) }
                receive(datagram, bytes.extracting(datagram.payload), pieces.filter { $0.stop > 0 }, to: &sink)
            case .unopened(let tunnel): context.tally.unopened[tunnel] &+= 1
            case .fragment, .other, .inner: context.tally.otherPackets &+= 1
            case .damaged: context.tally.damagedPackets &+= 1
            }
        }
    }
    /// Ends the capture, and makes records of everything that still waits.
    public mutating func finish(_ sink: inout some RecordSink) {
        fragments.finish()
        context.tally.lostFragmentedPackets = fragments.givenUp
        let nobody = Endpoint(high: 0, low: 0, port: 0)
        for decoder in context.decoders {
            decoder.finish()
            emit(
                decoder, between: FlowEnds(flow: 0, client: nobody, server: nobody), going: .fromClient, RawSpan(),
                to: &sink)
        }
        (context.decoders, context.recentPorts) = ([], nil)
        for position in flows.positions() {
            flows[position].finish(&context, &sink)
            tellTransport(position, isOver: false, &sink)
        }
        context.finishObservers(&sink)
        flows = FlowStore()
        (closed, recent, reopenings) = ([], -1, [:])
        context.memory = 0
    }
    /// Reads a capture to its end, or until the sink is closed. Returns the error that stopped it early; all records
    /// before the error are valid.
    @_specialize(kind:partial,where Source == CaptureFiles)
    public mutating func read<Source: PacketSource & ~Copyable>(
        _ source: inout Source, _ sink: inout some RecordSink
    ) -> CaptureError? {
        var damage: CaptureError?
        do throws(CaptureError) {
            while sink.isOpen, try source.advance() { receive(source.current(), &sink) }
        } catch {
            damage = error
        }
        finish(&sink)
        return damage
    }

    // MARK: - TCP

    private mutating func receive(_ segment: Segment, _ payload: RawSpan, _ sink: inout some RecordSink) {
        guard let position = position(of: segment, payload, &sink) else { return }
        flows[position].receive(segment, payload, with: &context, to: &sink)
        if !segment.flags.isDisjoint(with: [.fin, .reset]) { noteClosed(position, &sink) }
        if context.memory > context.options.limits.memory { relieve(&sink) }
    }
    /// Returns the position of a segment's connection, which the segment may open; nil if later segments must decide.
    @inline(__always)
    private mutating func position(
        of segment: Segment, _ payload: RawSpan, _ sink: inout some RecordSink
    ) -> Int? {
        if recent >= 0, reopenings.isEmpty, !segment.flags.contains(.syn),
            flows.isAt(recent, segment.source, and: segment.destination, over: .tcp)
        {
            return recent
        }
        return findPosition(of: segment, payload, &sink)
    }
    private mutating func findPosition(
        of segment: Segment, _ payload: RawSpan, _ sink: inout some RecordSink
    ) -> Int? {
        guard let old = flows.find(segment.source, segment.destination, .tcp) else {
            recent = add(opened(by: segment, &sink), &sink)
            return recent
        }
        recent = old
        let waiting = reopenings.isEmpty ? nil : reopenings[old]
        if let waiting, waiting.isConfirmed(by: segment, next: flows[old].expected(from: waiting.segment.source)) {
            reopen(old, by: waiting.segment, &sink)
            let now = context.mark
            context.mark = waiting.mark
            flows[old].receive(waiting.segment, waiting.payload.span.bytes, with: &context, to: &sink)
            context.mark = now
        } else if segment.flags.contains(.syn), flows[old].isReopened(by: segment) {
            if flows[old].isClosed {
                reopen(old, by: segment, &sink)
            } else {
                if !(waiting?.isRepeated(by: segment) ?? false) {
                    reopenings[old] = Reopening(segment, payload, context.mark, others: reopenings.count)
                }
                return nil
            }
        }
        return old
    }
    /// Replaces a connection by another one between the same ends.
    private mutating func reopen(_ position: Int, by segment: Segment, _ sink: inout some RecordSink) {
        reopenings[position] = nil
        flows[position].finish(&context, &sink)
        tellTransport(position, &sink)
        context.memory &-= flows[position].charged
        flows[position] = opened(by: segment, &sink)
    }
    /// Creates the connection that begins with this segment. SYN shows which side opened it; without SYN it is the side
    /// with the higher port.
    private mutating func opened(by segment: Segment, _ sink: inout some RecordSink) -> Flow {
        context.tally.flows &+= 1
        let isFromClient =
            segment.flags.contains(.syn)
            ? !segment.flags.contains(.acknowledges) : segment.source.port >= segment.destination.port
        let (client, server) =
            isFromClient ? (segment.source, segment.destination) : (segment.destination, segment.source)
        context.streams &+= 1
        return Flow(
            number: context.tally.flows, stream: context.streams &- 1, client: client, server: server, .tcp,
            analysis: sink.wantsTransport ? TCPAnalysis() : nil)
    }

    // MARK: - UDP

    /// Receives a datagram; `pieces` has the frame of each of its bytes if it arrived in several frames.
    private mutating func receive(
        _ datagram: Datagram, _ payload: RawSpan, _ pieces: [FramePiece], to sink: inout some RecordSink
    ) {
        context.tally.datagrams &+= 1
        context.tally.payload &+= datagram.length
        guard let number = context.decoder(of: datagram, payload) else {
            return unknown.count(datagram, payload, context.guess, &context.tally)
        }
        let decoder = context.decoders[number]
        let position: Int
        if let known = flows.find(datagram.source, datagram.destination, .udp) {
            position = known
        } else {
            position = add(opened(by: datagram, decoder.definition), &sink)
        }
        let ends = flows[position].noteDatagram(context.mark.frame)
        let direction: StreamDirection = datagram.source == ends.client ? .fromClient : .fromServer
        let missing = datagram.length &- payload.byteCount
        guard missing <= 0 else {
            context.tally.gaps &+= 1
            context.tally.gapBytes &+= missing
            return context.emit(
                decoder.cut(payload, missing: missing, pieces), by: decoder, between: ends, going: direction, payload,
                to: &sink)
        }
        decoder.receive(datagram, payload, pieces, at: context.mark, start: context.tally.start ?? context.mark.time)
        emit(decoder, between: ends, going: direction, payload, to: &sink)
        guard sink.wantsPackets else { return }
        recent = position
        flows[position].waitsForDatagrams = decoder.isWaiting(datagram)
    }
    /// Creates the flow that begins with this datagram. Its sender is the client, unless only the sender's port is the
    /// protocol's known one.
    private mutating func opened(by datagram: Datagram, _ definition: Definition) -> Flow {
        context.tally.flows &+= 1
        context.tally.conversations &+= 1
        let isAnswer =
            definition.configuration.ports.contains { $0.number == datagram.source.port }
            && !definition.configuration.ports.contains { $0.number == datagram.destination.port }
        let (client, server) =
            isAnswer ? (datagram.destination, datagram.source) : (datagram.source, datagram.destination)
        return Flow(number: context.tally.flows, client: client, server: server, .udp)
    }
    /// Passes on the messages that a datagram decoder found.
    private mutating func emit(
        _ decoder: DatagramDecoder, between ends: FlowEnds, going direction: StreamDirection, _ payload: RawSpan,
        to sink: inout some RecordSink
    ) {
        for message in decoder.found {
            var (ends, direction) = (ends, direction)
            if let source = message.source, let destination = message.destination {
                // This message belongs to another connection, which may no longer be known.
                ends =
                    flows.find(source, destination, .udp).map { flows[$0].ends }
                    ?? FlowEnds(flow: 0, client: source, server: destination)
                direction = source == ends.client ? .fromClient : .fromServer
            }
            context.emit(message, by: decoder, between: ends, going: direction, payload, to: &sink)
            guard message.kind == .givenUp else { continue }
            let count = message.place?.origins.count ?? message.parts.count
            sink.note(
                context.warning(
                    ends.flow,
                    "a message in \(count) datagrams is dropped: too many wait for others"))
        }
    }

    // MARK: - Limits

    private mutating func add(_ flow: Flow, _ sink: inout some RecordSink) -> Int {
        if flows.count >= context.options.limits.flows { removeSilent(&sink) }
        return flows.add(flow)
    }
    /// Adds a closed connection to `closed`, and removes the oldest ones above the limit.
    private mutating func noteClosed(_ position: Int, _ sink: inout some RecordSink) {
        let number = flows[position].number
        guard flows[position].isClosed, closed.last?.number != number else { return }
        closed.append((UInt32(position), number))
        while closed.count > max(1, context.options.limits.closedFlows) {
            let (old, number) = closed.removeFirst()
            if flows[Int(old)].number == number { remove(Int(old), &sink) }
        }
    }
    private mutating func remove(_ position: Int, _ sink: inout some RecordSink) {
        tellTransport(position, &sink)
        context.memory &-= flows[position].charged
        reopenings[position] = nil
        flows.remove(position)
        if recent == position { recent = -1 }
    }
    /// Passes on the counts of a connection, which has no more segments. `isOver` is true unless the capture ends.
    private func tellTransport(_ position: Int, isOver: Bool = true, _ sink: inout some RecordSink) {
        let now = context.tally.end ?? context.mark.time
        if let summary = flows[position].summary(at: now, isOver: isOver) { sink.transport(summary) }
    }
    /// Finishes the quarter of the connections that was silent longest.
    private mutating func removeSilent(_ sink: inout some RecordSink) {
        let known = flows.longestSilent()
        let gone = known.prefix(max(1, known.count / 4))
        for position in gone {
            if !flows[position].isClosed { context.tally.flowsGivenUp &+= 1 }
            flows[position].finish(&context, &sink)
        }
        if let first = gone.first {
            sink.note(
                context.warning(
                    flows[first].number,
                    "more than \(context.options.limits.flows) connections: the \(gone.count) with the longest silence "
                        + "are dropped, the first of them \(flows[first].name)"))
        }
        for position in gone { remove(position, &sink) }
    }
    /// Discards waiting bytes of the connections that were silent longest, until a quarter of the memory is free.
    private mutating func relieve(_ sink: inout some RecordSink) {
        for position in flows.longestSilent(where: { $0.charged > 0 })
        where context.memory > context.options.limits.memory / 4 &* 3 {
            let kept = flows[position].charged
            guard flows[position].giveUpWaiting(&context, &sink) else { continue }
            context.tally.flowsGivenUp &+= 1
            sink.note(
                context.warning(
                    flows[position].number,
                    "\(flows[position].name) is dropped with the \(kept) bytes that wait in it: more than "
                        + "\(context.options.limits.memory) bytes wait in all connections"))
        }
    }
}
