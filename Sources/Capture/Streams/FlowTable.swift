public import Node

/// Turns packets into records: finds the connection of each, puts its streams in order and has them cut into messages.
///
/// TCP and UDP over IPv4 and IPv6, fragments put together; checksums are not checked. What is kept is bounded by
/// `CaptureLimits`: what goes beyond is given up, oldest first, as if the capture ended for it, and told as a
/// `CaptureNote`.
public struct FlowTable {
    /// What was read so far.
    public var tally: Tally { context.tally }

    private var context: FlowContext
    private let knowsDatagrams: Bool
    private var index = FlowIndex()
    /// All connections, in pieces, so that nothing is moved when there are more.
    private var flows: [ContiguousArray<Flow>] = []
    private var count = 0
    /// Places of connections that are gone.
    private var free: [UInt32] = []
    /// Connections that are over.
    private var closed = ClosedFlows()
    /// A place was used twice, so that the order of places is not that of numbers.
    private var isReused = false
    /// Where the connection of the last segment stands: often that of the next.
    private var recent = -1
    /// By their places, connections that a SYN may have taken the place of.
    private var reopenings: [Int: Reopening] = [:]
    private var fragments = IPFragments()

    private static let pieceBits = 9
    private static let pieceMask = (1 << pieceBits) &- 1

    /// Which protocol a connection speaks is told by `rules` first, then by the well-known ports of `definitions`, then
    /// by the first bytes. `scrutiny`: how closely passive observers look at what is said.
    public init(
        _ definitions: [Definition], rules: [DecodeAs] = [], limits: CaptureLimits = CaptureLimits(),
        scrutiny: Scrutiny = .state
    ) {
        context = FlowContext(
            guess: ProtocolDetector(definitions: definitions, rules: rules), limits: limits, scrutiny: scrutiny)
        knowsDatagrams = definitions.contains { $0.transport == .udp }
    }

    /// Takes in the next packet of a capture.
    public mutating func receive(_ packet: borrowing Packet, _ sink: inout some RecordSink) {
        context.tally.count(packet)
        (context.frame, context.time) = (packet.number, packet.time)
        let wantsPackets = sink.wantsPackets
        if wantsPackets { sink.packet(packet) }
        if packet.hasOptions { context.comments.add(packet.comments, frame: packet.number) }
        if packet.link == .ieee80211 || packet.link == .radiotap,
            case .several(let at) = WirelessFrame(packet.bytes, packet.link)
        {
            return receiveSeveral(packet, at, &sink)
        }
        recent = wantsPackets ? -1 : recent
        let isFragment = receiveOne(packet, &sink)
        guard wantsPackets else { return }
        let flow = recent >= 0 ? self[recent] : nil
        // Fragments wait for others whatever their connection does.
        sink.settled(flow: flow?.number ?? 0, waits: isFragment || flow?.isWaiting ?? false)
    }
    /// Takes in a frame that holds several packets, the first of them at `start`.
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
            if self[recent].isWaiting { waiting.append(self[recent].number) } else { quiet.append(self[recent].number) }
        }
        if at == start { context.tally.damagedPackets &+= 1 }
        guard sink.wantsPackets else { return }
        if isFragment || !waiting.isEmpty {
            // Of several that wait it is kept for all.
            sink.settled(flow: !isFragment && waiting.count == 1 ? waiting[0] : 0, waits: true)
        } else if quiet.isEmpty {
            sink.settled(flow: 0, waits: false)
        }
        if waiting.isEmpty, !isFragment { for flow in quiet { sink.settled(flow: flow, waits: false) } }
    }
    /// Takes in one packet; true when it is a fragment.
    @inline(__always)
    private mutating func receiveOne(_ packet: borrowing Packet, _ sink: inout some RecordSink) -> Bool {
        switch Layers(packet) {
        case .tcp(let segment): receive(segment, packet.bytes.extracting(segment.payload), &sink)
        case .udp(let datagram): receive(datagram, packet.bytes.extracting(datagram.payload), [], &sink)
        case .fragment(let fragment):
            receive(fragment, packet, &sink)
            return true
        case .other: context.tally.countOther(packet)
        case .damaged: context.tally.damagedPackets &+= 1
        }
        return false
    }
    private mutating func receive(_ whole: Reassembled, _ sink: inout some RecordSink) {
        let bytes = whole.bytes.span.bytes
        switch whole.layers {
        case .tcp(let segment): receive(segment, bytes.extracting(segment.payload), &sink)
        case .udp(let datagram): receive(datagram, bytes.extracting(datagram.payload), whole.pieces, &sink)
        case .fragment, .other, .damaged: break
        }
    }
    /// Keys for what follows; every protocol is told.
    public mutating func learn(_ secrets: Secrets) {
        context.secrets.append(secrets)
        for i in 0..<count { flows[i >> Self.pieceBits][i & Self.pieceMask].learn(secrets) }
    }
    /// The capture ends: what still waits becomes records.
    public mutating func finish(_ sink: inout some RecordSink) {
        fragments.finish()
        context.tally.lostFragmentedPackets = fragments.givenUp
        for decoder in context.decoders.indices {
            context.decoders[decoder].finish()
            let nobody = Endpoint(high: 0, low: 0, port: 0)
            tell(decoder, FlowEnds(flow: 0, client: nobody, server: nobody), true, RawSpan(), &sink)
        }
        context.forgetDecoders()
        // In the order of their numbers, whatever places they had.
        var places = Array(0..<count)
        if isReused || !free.isEmpty { places.sort { self[$0].number < self[$1].number } }
        for i in places where self[i].number > 0 {
            flows[i >> Self.pieceBits][i & Self.pieceMask].finish(&context, &sink)
        }
        flows = []
        (count, free, recent, isReused, reopenings) = (0, [], -1, false, [:])
        closed = ClosedFlows()
        index = FlowIndex()
        context.memory = 0
    }
    /// Reads a capture to its end, or until nobody reads the records any more. Returns what stopped it early, which
    /// leaves all records before it good.
    @_specialize(kind:partial,where Source == CaptureFiles)
    public mutating func read<Source: PacketSource & ~Copyable>(
        _ source: inout Source, _ sink: inout some RecordSink
    ) -> CaptureError? {
        var damage: CaptureError?
        do throws(CaptureError) {
            while sink.isOpen, try source.advance() {
                while context.secrets.count < source.secretCount { learn(source.secrets(context.secrets.count)) }
                receive(source.current(), &sink)
            }
        } catch {
            damage = error
        }
        finish(&sink)
        return damage
    }

    private subscript(place: Int) -> Flow { flows[place >> Self.pieceBits][place & Self.pieceMask] }

    private mutating func receive(
        _ segment: Segment, _ payload: RawSpan, _ sink: inout some RecordSink
    ) {
        guard let place = place(of: segment, payload, &sink) else { return }
        flows[place >> Self.pieceBits][place & Self.pieceMask].receive(segment, payload, &context, &sink)
        if !segment.flags.isDisjoint(with: [.fin, .reset]) { noteClosed(place) }
        if context.memory > context.limits.memory { relieve(&sink) }
    }
    /// Where the connection of a segment stands, which may be opened by it; nil when what follows has to tell.
    @inline(__always)
    private mutating func place(of segment: Segment, _ payload: RawSpan, _ sink: inout some RecordSink) -> Int? {
        if recent >= 0, reopenings.isEmpty, !segment.flags.contains(.syn),
            isAt(recent, segment.source, segment.destination, .tcp)
        {
            return recent
        }
        return findPlace(of: segment, payload, &sink)
    }
    private mutating func findPlace(of segment: Segment, _ payload: RawSpan, _ sink: inout some RecordSink) -> Int? {
        let (a, b) = (segment.source, segment.destination)
        let hash = index.hash(a, b, .tcp)
        if let old = find(hash, a, b, .tcp) {
            recent = old
            let waiting = reopenings.isEmpty ? nil : reopenings[old]
            if let waiting, waiting.isConfirmed(by: segment, next: self[old].expected(from: waiting.segment.source)) {
                reopen(old, by: waiting, &sink)
            } else if segment.flags.contains(.syn), self[old].isReopened(by: segment) {
                if self[old].isClosed {
                    reopen(old, by: segment, &sink)
                } else {
                    if !(waiting?.isRepeated(by: segment) ?? false) {
                        reopenings[old] = Reopening(
                            segment, payload, context.mark, others: reopenings.count)
                    }
                    return nil
                }
            }
            return old
        }
        recent = add(opened(by: segment), hash, &sink)
        return recent
    }
    /// A connection takes the place of another one between the same ends.
    private mutating func reopen(_ place: Int, by segment: Segment, _ sink: inout some RecordSink) {
        reopenings[place] = nil
        flows[place >> Self.pieceBits][place & Self.pieceMask].finish(&context, &sink)
        context.memory &-= self[place].charged
        flows[place >> Self.pieceBits][place & Self.pieceMask] = opened(by: segment)
    }
    /// The same, when that is known only now.
    private mutating func reopen(_ place: Int, by earlier: Reopening, _ sink: inout some RecordSink) {
        reopen(place, by: earlier.segment, &sink)
        let now = context.mark
        (context.frame, context.time) = (earlier.mark.frame, earlier.mark.time)
        flows[place >> Self.pieceBits][place & Self.pieceMask].receive(
            earlier.segment, earlier.payload.span.bytes, &context, &sink)
        (context.frame, context.time) = (now.frame, now.time)
    }
    @inline(__always)
    private func find(_ hash: UInt32, _ a: Endpoint, _ b: Endpoint, _ transport: Transport) -> Int? {
        index.find(hash) { isAt($0, a, b, transport) }
    }
    /// True when the connection between two ends stands at a place.
    @inline(__always)
    private func isAt(_ place: Int, _ a: Endpoint, _ b: Endpoint, _ transport: Transport) -> Bool {
        // In place: a subscript would copy the connection, with all that it refers to.
        flows[place >> Self.pieceBits].withUnsafeBufferPointer { piece in
            guard let first = piece.baseAddress, piece.indices.contains(place & Self.pieceMask) else { return false }
            let flow = first + (place & Self.pieceMask)
            let (client, server) = (flow.pointee.client, flow.pointee.server)
            return (a == client && b == server || b == client && a == server) && flow.pointee.transport == transport
        }
    }
    /// A connection that begins with this segment. Who opened it is told by SYN; without one, the higher port did.
    private mutating func opened(by segment: Segment) -> Flow {
        context.tally.flows &+= 1
        let isFromClient =
            segment.flags.contains(.syn)
            ? !segment.flags.contains(.acknowledges) : segment.source.port >= segment.destination.port
        let (client, server) =
            isFromClient ? (segment.source, segment.destination) : (segment.destination, segment.source)
        return Flow(number: context.tally.flows, client: client, server: server, .tcp)
    }

    private mutating func receive(
        _ datagram: Datagram, _ payload: RawSpan, _ pieces: [(stop: Int, frame: Int)], _ sink: inout some RecordSink
    ) {
        context.tally.datagrams &+= 1
        context.tally.payload &+= datagram.length
        guard knowsDatagrams else { return }
        let hash = index.hash(datagram.source, datagram.destination, .udp)
        let known = find(hash, datagram.source, datagram.destination, .udp)
        if let known, let decoder = context.decoder(byPortsOf: datagram) {
            return receive(datagram, payload, pieces, decoder, known, &sink)
        }
        guard let definition = definition(of: datagram, payload) else { return }
        let decoder = context.decoder(of: definition)
        let place: Int
        if let known {
            place = known
        } else {
            context.tally.flows &+= 1
            // Who speaks first asks, unless it speaks from the port that is known.
            let isAnswer =
                definition.ports.contains { $0.number == datagram.source.port }
                && !definition.ports.contains { $0.number == datagram.destination.port }
            let (client, server) =
                isAnswer ? (datagram.destination, datagram.source) : (datagram.source, datagram.destination)
            place = add(Flow(number: context.tally.flows, client: client, server: server, .udp), hash, &sink)
            if decoder != nil { context.tally.conversations &+= 1 }
        }
        if let decoder {
            receive(datagram, payload, pieces, decoder, place, &sink)
            return
        }
        flows[place >> Self.pieceBits][place & Self.pieceMask].receive(
            datagram, payload, pieces, definition, &context, &sink)
        if context.memory > context.limits.memory { relieve(&sink) }
    }
    /// Takes in a datagram of a protocol whose messages may take several.
    private mutating func receive(
        _ datagram: Datagram, _ payload: RawSpan, _ pieces: [(stop: Int, frame: Int)], _ decoder: Int, _ place: Int,
        _ sink: inout some RecordSink
    ) {
        let ends = flows[place >> Self.pieceBits][place & Self.pieceMask].pass(context.frame)
        let isClient = datagram.source == ends.client
        let missing = datagram.length &- payload.byteCount
        if missing > 0 {
            return context.tell(
                cut: payload, missing: missing, context.decoders[decoder].protocolName, ends, fromClient: isClient,
                pieces,
                &sink)
        }
        context.decoders[decoder].receive(
            datagram, payload, pieces, context.mark, start: context.tally.start ?? context.time)
        tell(decoder, ends, isClient, payload, &sink)
        guard sink.wantsPackets else { return }
        recent = place
        flows[place >> Self.pieceBits][place & Self.pieceMask].waitsForDatagrams =
            context.decoders[decoder].isWaiting(datagram)
    }
    /// Hands on what a datagram decoder has heard.
    private mutating func tell(
        _ decoder: Int, _ ends: FlowEnds, _ isClient: Bool, _ payload: RawSpan, _ sink: inout some RecordSink
    ) {
        let decoder = context.decoders[decoder]
        for told in decoder.heard {
            var (ends, isClient) = (ends, isClient)
            if let source = told.source, let destination = told.destination {
                // Of another connection, which may be known no longer.
                let hash = index.hash(source, destination, .udp)
                let known = find(hash, source, destination, .udp).map { self[$0] }
                ends = FlowEnds(
                    flow: known?.number ?? 0, client: known?.client ?? source, server: known?.server ?? destination)
                isClient = source == ends.client
            }
            context.tell(told, decoder, ends, fromClient: isClient, payload, &sink)
            guard told.kind == .givenUp else { continue }
            sink.note(
                CaptureNote(
                    severity: .warning, frame: context.frame, flow: ends.flow,
                    text: "a message in \(told.parts.count) datagrams is given up: too many wait for others"))
        }
    }
    /// The protocol of a datagram: by rule, by port, or because nothing else looks like it.
    private mutating func definition(of datagram: Datagram, _ payload: RawSpan) -> Definition? {
        if let known = context.guess.byPort(datagram.source, datagram.destination, .udp) {
            context.notePorts(of: datagram, known)
            return known
        }
        guard payload.byteCount >= ProtocolDetector.enough,
            case .certain(let found) = context.guess.byBytes(payload, .udp)
        else {
            return nil
        }
        return found
    }

    private mutating func receive(
        _ fragment: Fragment, _ packet: borrowing Packet, _ sink: inout some RecordSink
    ) {
        guard let whole = fragments.receive(fragment, packet, &context.tally, { sink.note($0) }) else { return }
        receive(whole, &sink)
    }

    private mutating func add(_ flow: Flow, _ hash: UInt32, _ sink: inout some RecordSink) -> Int {
        if count &- free.count >= context.limits.flows { makeRoom(&sink) }
        let place: Int
        if let old = free.popLast() {
            place = Int(old)
            isReused = true
            flows[place >> Self.pieceBits][place & Self.pieceMask] = flow
        } else {
            place = count
            if place & Self.pieceMask == 0 {
                flows.append([])
                if place > 0 { flows[place >> Self.pieceBits].reserveCapacity(Self.pieceMask &+ 1) }
            }
            flows[place >> Self.pieceBits].append(flow)
            count &+= 1
        }
        index.insert(hash, place)
        return place
    }
    /// A connection that is over is forgotten after a while.
    private mutating func noteClosed(_ place: Int) {
        guard self[place].isClosed else { return }
        closed.add(place, self[place].number)
        while let (old, number) = closed.removeFirst(beyond: max(1, context.limits.closedFlows)) {
            if self[old].number == number { remove(old) }
        }
    }
    private mutating func remove(_ place: Int) {
        let flow = self[place]
        guard flow.number > 0 else { return }
        context.memory &-= flow.charged
        reopenings[place] = nil
        index.remove(index.hash(flow.client, flow.server, flow.transport), place)
        flows[place >> Self.pieceBits][place & Self.pieceMask] = Flow(
            number: 0, client: flow.client, server: flow.server, flow.transport)
        free.append(UInt32(place))
        if recent == place { recent = -1 }
    }
    /// Finishes the quarter of the connections that was silent longest.
    private mutating func makeRoom(_ sink: inout some RecordSink) {
        let living = (0..<count).filter { self[$0].number > 0 }.sorted {
            (self[$0].lastFrame, self[$0].number) < (self[$1].lastFrame, self[$1].number)
        }
        let gone = living.prefix(max(1, living.count / 4))
        for place in gone {
            if !self[place].isClosed { context.tally.flowsGivenUp &+= 1 }
            flows[place >> Self.pieceBits][place & Self.pieceMask].finish(&context, &sink)
        }
        if let first = gone.first {
            sink.note(
                CaptureNote(
                    severity: .warning, frame: context.frame, flow: self[first].number,
                    text: "more than \(context.limits.flows) connections: the \(gone.count) that were silent longest "
                        + "are given up, the first of them \(self[first].name)"))
        }
        for place in gone { remove(place) }
    }
    /// Gives up what waits, of those that were silent longest, until a quarter of the memory is free.
    private mutating func relieve(_ sink: inout some RecordSink) {
        let keepers = (0..<count).filter { self[$0].charged > 0 }.sorted {
            (self[$0].lastFrame, self[$0].number) < (self[$1].lastFrame, self[$1].number)
        }
        for place in keepers where context.memory > context.limits.memory / 4 &* 3 {
            let kept = self[place].charged
            guard flows[place >> Self.pieceBits][place & Self.pieceMask].giveUpWaiting(&context, &sink) else {
                continue
            }
            context.tally.flowsGivenUp &+= 1
            sink.note(
                CaptureNote(
                    severity: .warning, frame: context.frame, flow: self[place].number,
                    text: "\(self[place].name) is given up with the \(kept) bytes that wait in it: more than "
                        + "\(context.limits.memory) bytes wait in all connections"))
        }
    }
}
