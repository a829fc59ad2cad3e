import Node
import Wire

/// A TCP connection, or all datagrams between two ends over UDP. It has both streams, and the conversation in them once
/// its protocol is known.
struct Flow {
    let number: Int
    let client: Endpoint
    /// The number of a TCP connection as in Wireshark, counted from 0; -1 for UDP. Its place here uses free padding.
    let stream: Int32
    let server: Endpoint
    let transport: Transport
    /// True if both sides have ended it.
    private(set) var isClosed = false
    /// True if it was counted as unknown.
    private(set) var isCounted = false
    /// True if a note reported that a gap was given up.
    private var hasGivenUpHoles = false
    /// True if one of its datagrams waits for others of the same message.
    var waitsForDatagrams = false
    /// The number of the last frame.
    private(set) var lastFrame = 0
    var streams = PerDirection { _ in TCPStream() }
    var state = FlowState.none
    /// The number of bytes counted for it in `FlowContext.memory`.
    private(set) var charged = 0
    /// The analysis of its segments, if the sink wants one.
    let analysis: TCPAnalysis?

    init(
        number: Int, stream: Int32 = -1, client: Endpoint, server: Endpoint, _ transport: Transport,
        analysis: TCPAnalysis? = nil
    ) {
        self.analysis = analysis
        self.number = number
        self.client = client
        self.stream = stream
        self.server = server
        self.transport = transport
    }
    /// The name for the user.
    var name: String { "\(transport.rawValue) \(client) - \(server) (flow \(number))" }
    var ends: FlowEnds { FlowEnds(flow: number, client: client, stream: stream, server: server) }
    /// True if bytes of it wait for later packets.
    var isWaiting: Bool { hasEarly || state.isWaiting || waitsForDatagrams }
    /// True if bytes of either stream arrived early.
    @inline(__always)
    private var hasEarly: Bool { streams[.fromClient].early != nil || streams[.fromServer].early != nil }
    /// Returns the number of a stream in the history.
    @inline(__always)
    private func owner(_ direction: StreamDirection) -> Int { number &* 2 &+ direction.rawValue }
    @inline(__always)
    private func direction(from source: Endpoint) -> StreamDirection { source == client ? .fromClient : .fromServer }

    /// Returns the sequence number of the next byte from this end.
    func expected(from source: Endpoint) -> UInt32 { streams[direction(from: source)].expected }
    /// Returns true if this segment, which has SYN set, belongs to another connection between the same endpoints,
    /// unless it is forged.
    func isReopened(by segment: Segment) -> Bool {
        let direction = direction(from: segment.source)
        guard streams[direction].started else { return false }
        // A repeated or late SYN is directly before the first byte. Some clients repeat the SYN after a refusal.
        return isClosed && streams[.fromServer].started || !streams[direction].begins(at: segment.sequence &+ 1)
    }

    /// Receives a segment of this connection.
    @inline(__always)
    mutating func receive(
        _ segment: Segment, _ payload: RawSpan, with context: inout FlowContext, to sink: inout some RecordSink
    ) {
        let direction = direction(from: segment.source)
        lastFrame = context.mark.frame
        if hasEarly { settle(segment, going: direction, with: &context, to: &sink) }
        let came = streams[direction].receive(
            segment, payload, at: context.mark, in: &context.history, of: owner(direction))
        if let analysis {
            let isSeen = came.fresh.isEmpty && came.repeated == payload.byteCount && came.tooLate == 0
            analysis.receive(segment, direction, context.mark, isSeen: isSeen)
        }
        // The acknowledgement number of a reset may be anything.
        let acknowledges = segment.flags.contains(.acknowledges) && !segment.flags.contains(.reset)
        let isBehind =
            acknowledges
            && streams[direction.opposite].noteAcknowledgement(segment.acknowledgement, context.mark.time)
        if !isBehind, !hasEarly, segment.flags.isDisjoint(with: [.syn, .fin, .reset]) {
            // This is a bare acknowledgement of bytes that were seen, in a connection where nothing waits.
            if segment.length == 0 { return }
            // In the common case, the segment has the next bytes of a conversation and nothing different.
            if case .conversation(let conversation) = state, came.fresh.count == segment.length,
                !streams[.fromClient].isFinished, !streams[.fromServer].isFinished, !came.beginsMidStream
            {
                context.tally.payload &+= segment.length
                conversation.receive(payload, going: direction, at: context.mark, with: &context, to: &sink)
                if conversation.isLost { becomeUnknown(&context, &sink) }
                return charge(&context)
            }
        }
        receiveOther(segment, payload, came, going: direction, isBehind: isBehind, with: &context, to: &sink)
    }
    /// Counts the segment, and ends the wait for bytes before the first ones. The other direction sent its bytes before
    /// this segment. This direction sends no earlier bytes after an empty segment or after its end.
    @inline(never)
    private mutating func settle(
        _ segment: Segment, going direction: StreamDirection, with context: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        for direction in StreamDirection.allCases { streams[direction].noteSegment() }
        settle(direction.opposite, &context, &sink)
        if segment.length == 0 || !segment.flags.isDisjoint(with: [.syn, .fin, .reset]) {
            settle(direction, &context, &sink)
        }
    }
    /// Ends the wait of a direction that was met in the middle for bytes before its first ones.
    private mutating func settle(
        _ direction: StreamDirection, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        guard streams[direction].isJoining else { return }
        let tooLate = streams[direction].settle()
        noteTooLate(tooLate, direction, context.mark)
        drain(direction, &context, &sink)
    }
    private func noteTooLate(_ count: Int, _ direction: StreamDirection, _ mark: Mark) {
        if count > 0 { state.conversation?.reassemblers[direction].noteTooLate(count, mark) }
    }
    /// Receives a segment that has more than the next bytes.
    @inline(never)
    private mutating func receiveOther(
        _ segment: Segment, _ payload: RawSpan, _ came: TCPStream.Outcome, going direction: StreamDirection,
        isBehind: Bool, with context: inout FlowContext, to sink: inout some RecordSink
    ) {
        let isFirst = state.isNone
        if isFirst, segment.length > 0 { state = begin(&context) }
        // The sender has received bytes that were not seen, or not yet. This holds even if its own bytes wait.
        if isBehind, segment.length > 0, !came.fresh.isEmpty || streams[direction].early != nil {
            state.conversation?.doubt(&context)
        }
        if came.repeated > 0 { context.tally.repeatedBytes &+= came.repeated }
        if came.beginsMidStream, !isFirst { state.conversation?.beginMidStream(direction, &context) }
        noteTooLate(came.tooLate, direction, context.mark)
        if came.contradicts {
            context.tally.contradictions &+= 1
            state.conversation?.reassemblers[direction].contradict(context.mark)
        }
        deliver(payload.extracting(came.fresh), going: direction, at: context.mark, with: &context, to: &sink)
        drain(direction, after: came.fresh.isEmpty ? nil : context.mark, &context, &sink)
        if isBehind { streams[direction.opposite].acknowledge(segment.acknowledgement, context.mark.time) }
        drain(direction.opposite, &context, &sink)
        if !segment.flags.isDisjoint(with: [.syn, .fin, .reset]) || streams[.fromClient].isFinished
            || streams[.fromServer].isFinished
        {
            closeIfDone(segment, going: direction, with: &context, to: &sink)
        }
        charge(&context)
    }
    /// Notes a datagram in this frame without keeping it. Returns the two ends.
    mutating func noteDatagram(_ frame: Int) -> FlowEnds {
        lastFrame = frame
        return ends
    }

    /// Ends the flow, because the capture ends or there is no memory for it.
    mutating func finish(_ context: inout FlowContext, _ sink: inout some RecordSink) {
        for direction in StreamDirection.allCases {
            settle(direction, &context, &sink)
            drain(direction, force: true, &context, &sink)
            if let count = streams[direction].giveUpEnd() {
                if state.isNone { state = begin(&context) }
                miss(count, going: direction, with: &context, to: &sink)
            }
        }
        decideAtLast(&context, &sink)
        for direction in StreamDirection.allCases {
            state.conversation?.finish(direction, closed: isClosed, &context, &sink)
            streams[direction].release()
        }
        for observer in context.observers { observer.end(connection: number) }
        charge(&context)
    }
    /// Discards all waiting bytes, and the connection continues as after a gap. Returns false if no bytes waited and
    /// only memory was kept.
    mutating func giveUpWaiting(_ context: inout FlowContext, _ sink: inout some RecordSink) -> Bool {
        let waited =
            !streams[.fromClient].isWhole || !streams[.fromServer].isWhole || state.conversation?.isNeeded ?? false
            || state.isWaiting
        for direction in StreamDirection.allCases {
            settle(direction, &context, &sink)
            drain(direction, force: true, &context, &sink)
        }
        decideAtLast(&context, &sink)
        state.conversation?.giveUpWaiting(context.mark, &context, &sink)
        charge(&context)
        return waited
    }

    @inline(__always)
    private mutating func charge(_ context: inout FlowContext) {
        let now = state.isNone ? 0 : state.memory &+ streams[.fromClient].memory &+ streams[.fromServer].memory
        guard now != charged else { return }
        context.memory &+= now &- charged
        charged = now
    }
    /// Creates the first state: a conversation if the port determines the protocol, else a buffer for detection. If the
    /// protocol has layers and the capture begins inside the connection, the first bytes show who is the client.
    private func begin(_ context: inout FlowContext) -> FlowState {
        guard let definition = context.guess.byPort(client, server, transport, knowsServer: sawOpening),
            sawOpening || definition.reading.layers == nil
        else { return .early(ProbeBuffer()) }
        return .conversation(conversation(definition, &context))
    }
    /// True if a SYN showed which end opened the connection.
    var sawOpening: Bool { streams[.fromClient].sawStart || streams[.fromServer].sawStart }
    /// Begins a conversation now, in the lowest layer of the protocol or in `layer`. `isSwapped`: its client is the end
    /// that was taken for the server.
    func conversation(
        _ definition: Definition, in layer: LayerDefinition? = nil, isSwapped: Bool = false,
        _ context: inout FlowContext
    ) -> Conversation {
        context.tally.conversations &+= 1
        let conversation = Conversation(definition, in: layer, ends, isSwapped: isSwapped, &context)
        // These directions started before the conversation.
        for direction in StreamDirection.allCases where streams[direction].started && !streams[direction].sawStart {
            conversation.beginMidStream(direction, &context)
        }
        return conversation
    }

    /// Passes on the bytes that waited, and the gaps in them. `arrived`: the origin of the bytes directly before them, if
    /// these have just arrived.
    @inline(__always)
    private mutating func drain(
        _ direction: StreamDirection, after arrived: Mark? = nil, force: Bool = false,
        _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        if streams[direction].early != nil {
            drainEarly(direction, after: arrived, force: force, with: &context, to: &sink)
        }
    }
    private mutating func drainEarly(
        _ direction: StreamDirection, after arrived: Mark?, force: Bool, with context: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        var arrived = arrived
        while let ready = streams[direction].ready(
            context.mark, within: context.options.limits, force: force, in: &context.history, of: owner(direction))
        {
            switch ready {
            case .bytes(let piece):
                // The receiver gets no byte before all bytes that precede it have arrived.
                var mark = piece.mark
                if let arrived, arrived.frame > mark.frame {
                    mark.time = max(arrived.time, mark.time)
                } else {
                    arrived = mark
                }
                deliver(piece.bytes.span.bytes, going: direction, at: mark, with: &context, to: &sink)
            case .gap(let count, let isGivenUp):
                // The time when the receiver got the missing bytes is not known.
                arrived = nil
                if isGivenUp { noteGivenUp(count, going: direction, with: context, to: &sink) }
                miss(count, going: direction, with: &context, to: &sink)
            }
        }
    }
    /// Reports once that `count` bytes of one direction are given up, because too many bytes wait after them.
    private mutating func noteGivenUp(
        _ count: Int64, going direction: StreamDirection, with context: borrowing FlowContext,
        to sink: inout some RecordSink
    ) {
        guard !hasGivenUpHoles else { return }
        hasGivenUpHoles = true
        sink.note(
            context.warning(
                number,
                "\(name): \(count) bytes of what \(ends.source(direction)) sends are dropped, because more than "
                    + "\(context.options.limits.pieces) pieces or \(context.options.limits.waiting) bytes wait: "
                    + "if they arrive, they are too late"))
    }
    /// Notes that `count` bytes of one direction are not in the capture.
    private func miss(
        _ count: Int64, going direction: StreamDirection, with context: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        analysis?.lose(count, direction)
        switch state {
        case .none, .unknown: break
        case .early(let early): early.holdGap(count, direction, context.mark)
        case .conversation(let conversation):
            conversation.gap(count, going: direction, at: context.mark, with: &context, to: &sink)
        }
    }

    /// Passes on the next bytes of one direction, or keeps them until the protocol is known.
    @inline(__always)
    private mutating func deliver(
        _ bytes: RawSpan, going direction: StreamDirection, at mark: Mark, with context: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        guard bytes.byteCount > 0 else { return }
        context.tally.payload &+= bytes.byteCount
        switch state {
        case .none, .unknown: if !isCounted { countUnknown(FirstBytes(bytes, direction), &context) }
        case .early(let early):
            early.hold(bytes, direction, mark)
            decide(early, &context, &sink)
        case .conversation(let conversation):
            conversation.receive(bytes, going: direction, at: mark, with: &context, to: &sink)
            if conversation.isLost { becomeUnknown(&context, &sink) }
        }
    }
    /// Counts the flow as unknown, once.
    mutating func countUnknown(_ first: FirstBytes, _ context: inout FlowContext) {
        guard !isCounted else { return }
        isCounted = true
        context.tally.unknownFlows &+= 1
        analysis?.unknown = first
    }
    /// Ends the conversation, because too many bytes were not a message of its protocol.
    private mutating func becomeUnknown(_ context: inout FlowContext, _ sink: inout some RecordSink) {
        guard case .conversation(let conversation) = state,
            let direction = StreamDirection.allCases.first(where: { conversation.reassemblers[$0].isLost })
        else { return }
        let strange = conversation.reassemblers[direction].strange
        for direction in StreamDirection.allCases { conversation.finish(direction, closed: false, &context, &sink) }
        state = .unknown
        countUnknown(FirstBytes([], isFromClient: true), &context)
        sink.note(
            context.warning(
                number,
                "\(name) is no longer \(conversation.protocolName): no message begins in \(strange.count) bytes "
                    + "from offset \(strange.offset) of what \(ends.source(direction)) sends (frame \(strange.frame)); "
                    + "the rest is unknown"))
    }

    /// Reports that the connection begins or that one side ends it, and finishes what FIN or RST has ended.
    private mutating func closeIfDone(
        _ segment: Segment, going direction: StreamDirection, with context: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        guard !isClosed else { return }
        // A reset counts only at the exact sequence number of its sender. Others are late or forged.
        let isReset =
            segment.flags.contains(.reset)
            && (streams[direction].mayReset(at: segment.sequence) || isRefusal(segment, direction))
        if isReset { analysis?.noteReset(direction) }
        if let what = event(segment, direction, isReset: isReset) {
            sink.connection(
                ConnectionEvent(
                    flow: number, what: what, isFromClient: direction.isFromClient, client: client, server: server,
                    frame: context.mark.frame, time: context.mark.time))
        }
        isClosed = isReset || streams[.fromClient].isFinished && streams[.fromServer].isFinished
        if isClosed {
            finish(&context, &sink)
        } else if segment.flags.contains(.fin), streams[direction].isFinished {
            state.conversation?.finish(direction, closed: true, mayWait: true, &context, &sink)
        }
    }
    /// Returns true if the server resets in answer to the SYN, whose number it acknowledges (RFC 9293, 3.10.7.3).
    private func isRefusal(_ segment: Segment, _ direction: StreamDirection) -> Bool {
        direction == .fromServer && segment.flags.contains(.acknowledges) && !streams[.fromServer].started
            && streams[.fromClient].sawStart && streams[.fromClient].begins(at: segment.acknowledgement)
    }
    private func event(_ segment: Segment, _ direction: StreamDirection, isReset: Bool) -> ConnectionEvent.What? {
        if segment.flags.contains(.reset) { return isReset ? .reset : nil }
        if segment.flags.contains(.fin) { return .finished }
        return segment.flags.contains(.syn) && direction.isFromClient ? .begun : nil
    }
}

extension FirstBytes {
    /// Creates the first of these bytes.
    fileprivate init(_ bytes: RawSpan, _ direction: StreamDirection) {
        let first = bytes.extracting(first: Self.limit).withUnsafeBytes { [UInt8]($0) }
        self.init(first, isFromClient: direction.isFromClient)
    }
}
