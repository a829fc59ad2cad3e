import Node
import Wire

/// One TCP connection, or what two ends say to each other by UDP: both streams, and the conversation in them once its
/// protocol is known.
struct Flow {
    let number: Int
    let client: Endpoint
    /// As Wireshark numbers those of TCP, from 0; -1 of UDP. It stands where there is room.
    let stream: Int32
    let server: Endpoint
    let transport: Transport
    /// True when both sides have ended it.
    private(set) var isClosed = false
    private var isCounted = false
    /// It was noted that bytes are not waited for any longer.
    private var hasGivenUpHoles = false
    /// A datagram of it waits for others that make a message with it.
    var waitsForDatagrams = false
    /// The frame last seen.
    private(set) var lastFrame = 0
    private var streams = PerDirection { _ in TCPStream() }
    private var state = FlowState.none
    /// Bytes counted for it in `FlowContext.memory`.
    private(set) var charged = 0
    /// What counts its segments, if somebody asks.
    private let analysis: TCPAnalysis?

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
    /// For people.
    var name: String { "\(transport.rawValue) \(client) - \(server) (flow \(number))" }
    var ends: FlowEnds { FlowEnds(flow: number, client: client, stream: stream, server: server) }
    /// What was counted of its segments.
    var summary: TCPSummary? { analysis?.summary(ends) }
    /// True when bytes of it wait for packets to come.
    var isWaiting: Bool { hasEarly || state.isWaiting || waitsForDatagrams }
    /// True when bytes of either stream came early.
    @inline(__always)
    private var hasEarly: Bool { streams[.fromClient].early != nil || streams[.fromServer].early != nil }
    /// Number of a stream in the history.
    @inline(__always)
    private func owner(_ direction: StreamDirection) -> Int { number &* 2 &+ direction.rawValue }
    @inline(__always)
    private func direction(from source: Endpoint) -> StreamDirection { source == client ? .fromClient : .fromServer }

    /// The sequence number of what comes next from this end.
    func expected(from source: Endpoint) -> UInt32 { streams[direction(from: source)].expected }
    /// True when this segment, which has SYN set, is of another connection between the same endpoints, unless it is
    /// forged.
    func isReopened(by segment: Segment) -> Bool {
        let direction = direction(from: segment.source)
        guard streams[direction].started else { return false }
        // A repeated SYN, or one that was captured late, stands right before the first byte.
        return isClosed || !streams[direction].begins(at: segment.sequence &+ 1)
    }

    /// Takes in a segment of this connection.
    @inline(__always)
    mutating func receive(
        _ segment: Segment, _ payload: RawSpan, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        let direction = direction(from: segment.source)
        lastFrame = context.mark.frame
        if hasEarly { settle(segment, direction, &context, &sink) }
        let came = streams[direction].receive(segment, payload, context.mark, &context.history, owner(direction))
        if let analysis {
            let isSeen = came.fresh.isEmpty && came.repeated == payload.byteCount && came.tooLate == 0
            analysis.receive(segment, direction, context.mark.time, isSeen: isSeen)
        }
        // What a reset acknowledges may be anything.
        let acknowledges = segment.flags.contains(.acknowledges) && !segment.flags.contains(.reset)
        let isBehind =
            acknowledges
            && streams[direction.opposite].noteAcknowledgement(segment.acknowledgement, context.mark.time)
        if !isBehind, !hasEarly, segment.flags.isDisjoint(with: [.syn, .fin, .reset]) {
            // A bare acknowledgement of what was seen, in a connection where nothing waits.
            if segment.length == 0 { return }
            // The common case: the next bytes of a conversation, and nothing else about them.
            if case .conversation(let conversation) = state, came.fresh.count == segment.length,
                !streams[.fromClient].isFinished, !streams[.fromServer].isFinished, !came.beginsMidStream
            {
                context.tally.payload &+= segment.length
                conversation.receive(payload, direction, context.mark, &context, &sink)
                if conversation.isLost { becomeUnknown(&context, &sink) }
                return charge(&context)
            }
        }
        receiveOther(segment, payload, came, direction, isBehind, &context, &sink)
    }
    /// What the other side says was said before; and behind an end nothing comes that stands before it.
    @inline(never)
    private mutating func settle(
        _ segment: Segment, _ direction: StreamDirection, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        settle(direction.opposite, &context, &sink)
        if segment.length == 0 || !segment.flags.isDisjoint(with: [.syn, .fin, .reset]) {
            settle(direction, &context, &sink)
        }
    }
    /// The first bytes of a direction that was met in the middle wait no longer for what may stand before them.
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
    /// The rest of it, when there is more to a segment than the next bytes.
    @inline(never)
    private mutating func receiveOther(
        _ segment: Segment, _ payload: RawSpan, _ came: TCPStream.Outcome, _ direction: StreamDirection,
        _ isBehind: Bool, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        let isFirst = state.isNone
        if isFirst, segment.length > 0 { state = begin(&context) }
        // Its sender has received what was not seen, or not yet; also when it waits itself.
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
        deliver(payload.extracting(came.fresh), direction, context.mark, &context, &sink)
        drain(direction, &context, &sink)
        if isBehind { streams[direction.opposite].acknowledge(segment.acknowledgement, frame: context.mark.frame) }
        drain(direction.opposite, &context, &sink)
        if !segment.flags.isDisjoint(with: [.syn, .fin, .reset]) || streams[.fromClient].isFinished
            || streams[.fromServer].isFinished
        {
            closeIfDone(segment, direction, &context, &sink)
        }
        charge(&context)
    }
    /// Another datagram came, which is not kept here. Whose it is.
    mutating func noteDatagram(_ frame: Int) -> FlowEnds {
        lastFrame = frame
        return ends
    }

    /// No more packets: the capture ends, or there is no room for this connection any longer.
    mutating func finish(_ context: inout FlowContext, _ sink: inout some RecordSink) {
        for direction in StreamDirection.allCases {
            settle(direction, &context, &sink)
            drain(direction, force: true, &context, &sink)
            if let count = streams[direction].giveUpEnd() {
                if state.isNone { state = begin(&context) }
                miss(count, direction, &context, &sink)
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
    /// Keeps nothing any longer that waits for more: the connection goes on as after a gap. False when that was nothing
    /// but room for what may come.
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
    /// What keeps what is said: a conversation, when the protocol is known by the port.
    private func begin(_ context: inout FlowContext) -> FlowState {
        guard let definition = context.guess.byPort(client, server, transport, knowsServer: sawOpening) else {
            return .early(ProbeBuffer())
        }
        return .conversation(conversation(definition, &context))
    }
    /// True if a SYN showed which end opened the connection.
    private var sawOpening: Bool { streams[.fromClient].sawStart || streams[.fromServer].sawStart }
    /// Begins a conversation now. `isSwapped`: its client is the end that was taken for the server.
    private func conversation(
        _ definition: Definition, isSwapped: Bool = false, _ context: inout FlowContext
    ) -> Conversation {
        context.tally.conversations &+= 1
        let conversation = Conversation(definition, ends, isSwapped: isSwapped, &context)
        // Seen before anything was said.
        for direction in StreamDirection.allCases where streams[direction].started && !streams[direction].sawStart {
            conversation.beginMidStream(direction, &context)
        }
        return conversation
    }

    /// Hands on what was waiting, and the gaps in it.
    @inline(__always)
    private mutating func drain(
        _ direction: StreamDirection, force: Bool = false, _ context: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        if streams[direction].early != nil { drainEarly(direction, force, &context, &sink) }
    }
    private mutating func drainEarly(
        _ direction: StreamDirection, _ force: Bool, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        while let ready = streams[direction].ready(
            context.mark, context.options.limits, force: force, &context.history, owner(direction))
        {
            switch ready {
            case .bytes(let piece): deliver(piece.bytes.span.bytes, direction, piece.mark, &context, &sink)
            case .gap(let count, let isGivenUp):
                if isGivenUp { noteGivenUp(count, direction, context, &sink) }
                miss(count, direction, &context, &sink)
            }
        }
    }
    /// So many bytes of one direction are not waited for any longer: too much waits behind them. Noted once.
    private mutating func noteGivenUp(
        _ count: Int64, _ direction: StreamDirection, _ context: borrowing FlowContext,
        _ sink: inout some RecordSink
    ) {
        guard !hasGivenUpHoles else { return }
        hasGivenUpHoles = true
        sink.note(
            context.warning(
                number,
                "\(name): \(count) bytes of what \(ends.source(direction)) sends are given up, as more than "
                    + "\(context.options.limits.pieces) pieces or \(context.options.limits.waiting) bytes wait behind them: should they "
                    + "come, they come too late"))
    }
    /// So many bytes of one direction are not in the capture.
    private func miss(
        _ count: Int64, _ direction: StreamDirection, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        analysis?.lose(count, direction)
        switch state {
        case .none, .unknown: break
        case .early(let early): early.holdGap(count, direction, context.mark)
        case .conversation(let conversation):
            conversation.gap(count, direction, context.mark, &context, &sink)
        }
    }

    /// Hands on the next bytes of one direction, or keeps them until the protocol is known.
    @inline(__always)
    private mutating func deliver(
        _ bytes: RawSpan, _ direction: StreamDirection, _ mark: Mark, _ context: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        guard bytes.byteCount > 0 else { return }
        context.tally.payload &+= bytes.byteCount
        switch state {
        case .none, .unknown: countUnknown(&context)
        case .early(let early):
            early.hold(bytes, direction, mark)
            decide(early, &context, &sink)
        case .conversation(let conversation):
            conversation.receive(bytes, direction, mark, &context, &sink)
            if conversation.isLost { becomeUnknown(&context, &sink) }
        }
    }
    /// Tries to tell the protocol by the first bytes of either direction. `atLast`: no more will come, so that what is
    /// likely has to do.
    private mutating func decide(
        _ early: ProbeBuffer, atLast: Bool = false, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        var isSpent = true
        var likely: Definition?
        var fallback: Definition?
        for direction in StreamDirection.allCases {
            let start = early.starts[direction]
            guard start.count >= ProtocolDetector.enough else {
                isSpent = false
                continue
            }
            switch context.guess.byBytes(start.span.bytes, transport) {
            case .certain(let definition): return begin(definition, nil, early, &context, &sink)
            case .likely(let definition, let isSettled):
                if isSettled { return begin(definition, "likely", early, &context, &sink) }
                isSpent = false
                likely = likely ?? definition
            case .several(let definition):
                isSpent = false
                fallback = fallback ?? definition
            case .no: break
            }
        }
        guard isSpent || early.isFull || atLast else { return }
        if let likely { return begin(likely, "likely", early, &context, &sink) }
        if let fallback, !atLast {
            return begin(fallback, "one of several that are likely", early, &context, &sink)
        }
        if early.held.contains(where: { !$0.bytes.isEmpty }) { countUnknown(&context) }
        state = .unknown
    }
    private mutating func begin(
        _ definition: Definition, _ doubt: String?, _ early: ProbeBuffer, _ context: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        let conversation = conversation(
            definition, isSwapped: !sawOpening && definition.layers != nil && early.isSwapped, &context)
        state = .conversation(conversation)
        if let doubt, let first = early.held.first {
            conversation.reassemblers[first.direction].note(
                Finding(.info, path: "", "\(definition.name) is \(doubt) by the first bytes"))
        }
        for h in early.held {
            if h.missing > 0 {
                conversation.gap(h.missing, h.direction, h.mark, &context, &sink)
            } else {
                conversation.receive(h.bytes.span.bytes, h.direction, h.mark, &context, &sink)
            }
        }
    }
    /// No more bytes will tell.
    private mutating func decideAtLast(_ context: inout FlowContext, _ sink: inout some RecordSink) {
        if case .early(let early) = state { decide(early, atLast: true, &context, &sink) }
    }
    private mutating func countUnknown(_ context: inout FlowContext) {
        if !isCounted { context.tally.unknownFlows &+= 1 }
        isCounted = true
    }
    /// What came for long was no message of its protocol.
    private mutating func becomeUnknown(_ context: inout FlowContext, _ sink: inout some RecordSink) {
        guard case .conversation(let conversation) = state,
            let direction = StreamDirection.allCases.first(where: { conversation.reassemblers[$0].isLost })
        else { return }
        let strange = conversation.reassemblers[direction].strange
        for direction in StreamDirection.allCases { conversation.finish(direction, closed: false, &context, &sink) }
        state = .unknown
        countUnknown(&context)
        sink.note(
            context.warning(
                number,
                "\(name) is not \(conversation.protocolName) any longer: no message begins in \(strange.count) bytes "
                    + "from offset \(strange.offset) of what \(ends.source(direction)) sends (frame \(strange.frame)); "
                    + "the rest is unknown"))
    }

    /// Tells that the connection begins, or that one side ends it, and finishes what has been ended by FIN or RST.
    private mutating func closeIfDone(
        _ segment: Segment, _ direction: StreamDirection, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        guard !isClosed else { return }
        // A reset counts only at the very place where its sender stands: others are late, or forged.
        let isReset = segment.flags.contains(.reset) && streams[direction].mayReset(at: segment.sequence)
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
            state.conversation?.finish(direction, closed: true, &context, &sink)
        }
    }
    private func event(_ segment: Segment, _ direction: StreamDirection, isReset: Bool) -> ConnectionEvent.What? {
        if segment.flags.contains(.reset) { return isReset ? .reset : nil }
        if segment.flags.contains(.fin) { return .finished }
        return segment.flags.contains(.syn) && direction.isFromClient ? .begun : nil
    }
}
