import Node
import Wire

/// One TCP connection, or what two ends say to each other by UDP: both streams, and the conversation in them once its
/// protocol is known.
struct Flow {
    let number: Int
    let client: Endpoint
    let server: Endpoint
    /// The frame last seen.
    private(set) var lastFrame = 0
    let transport: Transport
    /// True when both sides have said their last.
    private(set) var isClosed = false
    /// No protocol explains it.
    private var isUnknown = false
    private var isCounted = false
    /// It was told that bytes are not waited for any longer.
    private var hasGivenUpHoles = false
    private var up = TCPStream()
    private var down = TCPStream()
    private var state = FlowState.none
    /// A datagram of it waits for others that make a message with it.
    var waitsForDatagrams = false

    init(number: Int, client: Endpoint, server: Endpoint, _ transport: Transport) {
        self.number = number
        self.client = client
        self.server = server
        self.transport = transport
    }
    /// For people.
    var name: String { "\(transport.rawValue) \(client) - \(server) (flow \(number))" }
    /// True when bytes of it wait for packets to come.
    var isWaiting: Bool {
        up.early != nil || down.early != nil || state.isWaiting || waitsForDatagrams
    }
    /// Bytes counted for it in `FlowContext.memory`.
    var charged: Int { state.charged }
    /// Numbers of its streams in the history.
    private func owner(_ isClient: Bool) -> Int { number &* 2 &+ (isClient ? 0 : 1) }

    /// The sequence number of what comes next from this end.
    func expected(from source: Endpoint) -> UInt32 { source == client ? up.expected : down.expected }
    /// True when this segment, which has SYN set, is of another connection between the same endpoints, unless it is
    /// forged.
    func isReopened(by segment: Segment) -> Bool {
        let isClient = segment.source == client
        guard isClient ? up.started : down.started else { return false }
        // A repeated SYN, or one that was captured late, stands right before the first byte.
        let first = segment.sequence &+ 1
        return isClosed || !(isClient ? up.begins(at: first) : down.begins(at: first))
    }

    /// Takes in a segment of this connection.
    @inline(__always)
    mutating func receive(
        _ segment: Segment, _ payload: RawSpan, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        let isClient = segment.source == client
        lastFrame = context.frame
        if up.early != nil || down.early != nil { settle(segment, isClient, &context, &sink) }
        let came =
            isClient
            ? up.receive(
                segment, payload, frame: context.frame, time: context.time, &context.history, owner(true))
            : down.receive(
                segment, payload, frame: context.frame, time: context.time, &context.history, owner(false))
        // What a reset acknowledges may be anything.
        let acknowledges = segment.flags.contains(.acknowledges) && !segment.flags.contains(.reset)
        let isBehind = acknowledges && (isClient ? down : up).isBehind(segment.acknowledgement)
        if acknowledges {
            if isClient {
                down.noteAcknowledgement(isBehind: isBehind, context.time)
            } else {
                up.noteAcknowledgement(isBehind: isBehind, context.time)
            }
        }
        if !isBehind, up.early == nil, down.early == nil, segment.flags.isDisjoint(with: [.syn, .fin, .reset]) {
            // A bare acknowledgement of what was seen, in a connection where nothing waits.
            if segment.length == 0 { return }
            // The common case: the next bytes of a conversation, and nothing else about them.
            if case .conversation(let conversation) = state, came.fresh.count == segment.length, !up.isFinished,
                !down.isFinished, !came.beginsMidStream
            {
                context.tally.payload &+= segment.length
                conversation.receive(payload, fromClient: isClient, context.mark, &context, &sink)
                if conversation.isLost { becomeUnknown(&context, &sink) }
                return charge(&context)
            }
        }
        receiveOther(segment, payload, came, isClient, isBehind, &context, &sink)
    }
    /// What the other side says was said before; and behind an end nothing comes that stands before it.
    @inline(never)
    private mutating func settle(
        _ segment: Segment, _ isClient: Bool, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        settle(!isClient, &context, &sink)
        if segment.length == 0 || !segment.flags.isDisjoint(with: [.syn, .fin, .reset]) {
            settle(isClient, &context, &sink)
        }
    }
    /// The first bytes of a direction that was met in the middle wait no longer for what may stand before them.
    private mutating func settle(_ isClient: Bool, _ context: inout FlowContext, _ sink: inout some RecordSink) {
        guard isClient ? up.isJoining : down.isJoining else { return }
        let tooLate = isClient ? up.settle() : down.settle()
        if tooLate > 0 { state.conversation?.tellTooLate(tooLate, fromClient: isClient, context.mark) }
        drain(isClient, &context, &sink)
    }
    /// The rest of it, when there is more to a segment than the next bytes.
    @inline(never)
    private mutating func receiveOther(
        _ segment: Segment, _ payload: RawSpan, _ came: TCPStream.Outcome, _ isClient: Bool, _ isBehind: Bool,
        _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        let isFirst = state.isNone
        if isFirst, segment.length > 0, !isUnknown { state = begin(&context) }
        // Its sender has heard what was not seen, or not yet; also when it waits itself.
        if isBehind, segment.length > 0, !came.fresh.isEmpty || (isClient ? up : down).early != nil {
            state.conversation?.doubt(&context)
        }
        if came.repeated > 0 { context.tally.repeatedBytes &+= came.repeated }
        if came.beginsMidStream, !isFirst { state.conversation?.beginMidStream(fromClient: isClient, &context) }
        if came.tooLate > 0 { state.conversation?.tellTooLate(came.tooLate, fromClient: isClient, context.mark) }
        if came.contradicts {
            context.tally.contradictions &+= 1
            state.conversation?.contradict(fromClient: isClient, context.mark)
        }
        deliver(payload.extracting(came.fresh), isClient, context.mark, &context, &sink)
        drain(isClient, &context, &sink)
        if isBehind {
            if isClient {
                down.acknowledge(segment.acknowledgement, frame: context.frame)
            } else {
                up.acknowledge(segment.acknowledgement, frame: context.frame)
            }
        }
        drain(!isClient, &context, &sink)
        if !segment.flags.isDisjoint(with: [.syn, .fin, .reset]) || up.isFinished || down.isFinished {
            tell(segment, isClient, context.mark, &sink)
            closeIfDone(segment, isClient, &context, &sink)
        }
        charge(&context)
    }
    /// Takes in a datagram; `pieces` tells which of its bytes came in which frame, when there are several.
    mutating func receive(
        _ datagram: Datagram, _ payload: RawSpan, _ pieces: [(stop: Int, frame: Int)], _ definition: Definition,
        _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        lastFrame = context.frame
        if state.isNone {
            context.tally.conversations &+= 1
            state = .conversation(Conversation(definition, flow: number, client: client, server: server, context))
        }
        state.conversation?.receive(
            datagram: payload, missing: datagram.length &- payload.byteCount, pieces,
            fromClient: datagram.source == client, context.mark, &context, &sink)
        charge(&context)
    }
    /// Another datagram came that is not kept here; tells whose.
    mutating func pass(_ frame: Int) -> FlowEnds {
        lastFrame = frame
        return FlowEnds(flow: number, client: client, server: server)
    }
    /// Keys came for what follows.
    func learn(_ secrets: Secrets) { state.conversation?.learn(secrets) }

    /// No more packets: the capture ends, or there is no room for this connection any longer.
    mutating func finish(_ context: inout FlowContext, _ sink: inout some RecordSink) {
        for isClient in [true, false] {
            settle(isClient, &context, &sink)
            drain(isClient, force: true, &context, &sink)
            if let count = isClient ? up.giveUpEnd() : down.giveUpEnd() {
                if state.isNone, !isUnknown { state = begin(&context) }
                miss(count, isClient, &context, &sink)
            }
        }
        decideAtLast(&context, &sink)
        for isClient in [true, false] {
            state.conversation?.finish(fromClient: isClient, closed: isClosed, &context, &sink)
        }
        up.release()
        down.release()
        charge(&context)
    }
    /// Keeps nothing any longer that waits for more: the connection goes on as after a gap. False when that was nothing
    /// but room for what may come.
    mutating func giveUpWaiting(_ context: inout FlowContext, _ sink: inout some RecordSink) -> Bool {
        let waited =
            !up.isWhole || !down.isWhole || state.isWaiting
        for isClient in [true, false] {
            settle(isClient, &context, &sink)
            drain(isClient, force: true, &context, &sink)
        }
        decideAtLast(&context, &sink)
        state.conversation?.giveUpWaiting(context.mark, &context, &sink)
        charge(&context)
        return waited
    }

    @inline(__always)
    private func charge(_ context: inout FlowContext) {
        let (now, before) = (state.isNone ? 0 : state.memory &+ up.memory &+ down.memory, state.charged)
        guard now != before else { return }
        context.memory &+= now &- before
        state.charged = now
    }
    /// What keeps what is said: a conversation, when the protocol is known by the port.
    private func begin(_ context: inout FlowContext) -> FlowState {
        guard let definition = context.guess.byPort(client, server, transport) else { return .early(ProbeBuffer()) }
        return .conversation(conversation(definition, &context))
    }
    /// A conversation that begins now.
    private func conversation(_ definition: Definition, _ context: inout FlowContext) -> Conversation {
        context.tally.conversations &+= 1
        let conversation = Conversation(definition, flow: number, client: client, server: server, context)
        // Seen before anything was said.
        if up.started, !up.sawStart { conversation.beginMidStream(fromClient: true, &context) }
        if down.started, !down.sawStart { conversation.beginMidStream(fromClient: false, &context) }
        return conversation
    }

    /// Hands on what was waiting, and the gaps in it.
    @inline(__always)
    private mutating func drain(
        _ isClient: Bool, force: Bool = false, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        if isClient ? up.early == nil : down.early == nil { return }
        drainEarly(isClient, force, &context, &sink)
    }
    private mutating func drainEarly(
        _ isClient: Bool, _ force: Bool, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        while true {
            let ready =
                isClient
                ? up.ready(
                    frame: context.frame, time: context.time, context.limits, force: force, &context.history,
                    owner(true))
                : down.ready(
                    frame: context.frame, time: context.time, context.limits, force: force, &context.history,
                    owner(false))
            switch ready {
            case nil: return
            case .bytes(let piece):
                deliver(
                    piece.bytes.span.bytes, isClient, Mark(frame: piece.frame, time: piece.time), &context, &sink)
            case .gap(let count, let isGivenUp):
                if isGivenUp { tellGivenUp(count, isClient, context, &sink) }
                miss(count, isClient, &context, &sink)
            }
        }
    }
    /// So many bytes of one direction are not waited for any longer: too much waits behind them. Told once.
    private mutating func tellGivenUp(
        _ count: Int64, _ isClient: Bool, _ context: borrowing FlowContext, _ sink: inout some RecordSink
    ) {
        guard !hasGivenUpHoles else { return }
        hasGivenUpHoles = true
        sink.note(
            CaptureNote(
                severity: .warning, frame: context.frame, flow: number,
                text: "\(name): \(count) bytes of what \(isClient ? client : server) sends are given up, as more than "
                    + "\(context.limits.pieces) pieces or \(context.limits.waiting) bytes wait behind them: should they "
                    + "come, they come too late"))
    }
    /// So many bytes of one direction are not in the capture.
    private mutating func miss(
        _ count: Int64, _ isClient: Bool, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        switch state {
        case .none: break
        case .early where isUnknown: break
        case .early(let early): early.holdGap(count, isClient, context.mark)
        case .conversation(let conversation):
            conversation.gap(count, fromClient: isClient, context.mark, &context, &sink)
        }
    }

    /// Hands on the next bytes of one direction, or keeps them until the protocol is known.
    @inline(__always)
    private mutating func deliver(
        _ bytes: RawSpan, _ isClient: Bool, _ mark: Mark, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        guard bytes.byteCount > 0 else { return }
        context.tally.payload &+= bytes.byteCount
        switch state {
        case .none: countUnknown(&context)
        case .early where isUnknown: countUnknown(&context)
        case .early(let early):
            early.hold(bytes, isClient, mark)
            decide(early, &context, &sink)
        case .conversation(let conversation):
            conversation.receive(bytes, fromClient: isClient, mark, &context, &sink)
            if conversation.isLost { becomeUnknown(&context, &sink) }
        }
    }
    /// Tries to tell the protocol by the first bytes of either direction.
    private mutating func decide(_ early: ProbeBuffer, _ context: inout FlowContext, _ sink: inout some RecordSink) {
        var isSpent = true
        var likely: Definition?
        var fallback: Definition?
        for isClient in [true, false] {
            let start = early.start(ofClient: isClient)
            guard start.count >= ProtocolDetector.enough else {
                isSpent = false
                continue
            }
            switch context.guess.byBytes(start.span.bytes, transport) {
            case .certain(let definition): return begin(definition, nil, early, &context, &sink)
            case .likely(let definition, isSettled: true): return begin(definition, "likely", early, &context, &sink)
            case .likely(let definition, isSettled: false):
                isSpent = false
                likely = likely ?? definition
            case .several(let definition):
                isSpent = false
                fallback = fallback ?? definition
            case .no: break
            }
        }
        guard isSpent || early.isFull else { return }
        if let likely { return begin(likely, "likely", early, &context, &sink) }
        if let fallback { return begin(fallback, "one of several that are likely", early, &context, &sink) }
        giveUpGuessing(&context)
    }
    private mutating func begin(
        _ definition: Definition, _ doubt: String?, _ early: ProbeBuffer, _ context: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        let past = early.takeHeld()
        let conversation = conversation(definition, &context)
        if let doubt, let first = past.first {
            conversation.tell(
                Finding(.info, path: "", "\(definition.name) is \(doubt) by the first bytes"),
                fromClient: first.isClient)
        }
        for h in past {
            if h.missing > 0 {
                conversation.gap(h.missing, fromClient: h.isClient, h.mark, &context, &sink)
            } else {
                conversation.receive(h.bytes.span.bytes, fromClient: h.isClient, h.mark, &context, &sink)
            }
        }
        conversation.charged = early.charged
        state = .conversation(conversation)
    }
    /// No more bytes will tell: what is likely has to do.
    private mutating func decideAtLast(_ context: inout FlowContext, _ sink: inout some RecordSink) {
        guard !isUnknown, case .early(let early) = state else { return }
        for isClient in [true, false] {
            let start = early.start(ofClient: isClient)
            guard start.count >= ProtocolDetector.enough else { continue }
            if case .likely(let definition, _) = context.guess.byBytes(start.span.bytes, transport) {
                return begin(definition, "likely", early, &context, &sink)
            }
        }
        giveUpGuessing(&context)
    }
    private mutating func giveUpGuessing(_ context: inout FlowContext) {
        guard !isUnknown, case .early(let early) = state else { return }
        if early.takeHeld().contains(where: { !$0.bytes.isEmpty }) { countUnknown(&context) }
        becomeSilent()
    }
    /// Nothing that is said is kept any longer.
    private mutating func becomeSilent() {
        let charged = state.charged
        state = .early(ProbeBuffer())
        state.charged = charged
        isUnknown = true
    }
    private mutating func countUnknown(_ context: inout FlowContext) {
        if !isCounted { context.tally.unknownFlows &+= 1 }
        isCounted = true
    }
    /// What came for long was no message of its protocol.
    private mutating func becomeUnknown(_ context: inout FlowContext, _ sink: inout some RecordSink) {
        guard case .conversation(let conversation) = state, let place = conversation.lostPlace else { return }
        for isClient in [true, false] {
            conversation.finish(fromClient: isClient, closed: false, &context, &sink)
        }
        becomeSilent()
        countUnknown(&context)
        sink.note(
            CaptureNote(
                severity: .warning, frame: context.frame, flow: number,
                text:
                    "\(name) is not \(conversation.protocolName) any longer: no message begins in \(place.count) bytes "
                    + "from offset \(place.offset) of what \(place.isClient ? client : server) sends "
                    + "(frame \(place.frame)); the rest is unknown"))
    }

    /// Tells that the connection begins, or that one side ends it.
    private func tell(_ segment: Segment, _ isClient: Bool, _ mark: Mark, _ sink: inout some RecordSink) {
        guard !isClosed else { return }
        let what: ConnectionEvent.What
        if segment.flags.contains(.reset) {
            guard isClient ? up.mayReset(at: segment.sequence) : down.mayReset(at: segment.sequence) else { return }
            what = .reset
        } else if segment.flags.contains(.fin) {
            what = .finished
        } else if segment.flags.contains(.syn), isClient {
            what = .begun
        } else {
            return
        }
        sink.connection(
            ConnectionEvent(
                flow: number, what: what, isFromClient: isClient, client: client, server: server, frame: mark.frame,
                time: mark.time))
    }
    /// Finishes what has been ended by FIN or RST.
    private mutating func closeIfDone(
        _ segment: Segment, _ isClient: Bool, _ context: inout FlowContext, _ sink: inout some RecordSink
    ) {
        guard !isClosed else { return }
        // A reset counts only at the very place where its sender stands: others are late, or forged.
        let isReset =
            segment.flags.contains(.reset)
            && (isClient ? up.mayReset(at: segment.sequence) : down.mayReset(at: segment.sequence))
        isClosed = isReset || up.isFinished && down.isFinished
        if isClosed {
            finish(&context, &sink)
        } else if segment.flags.contains(.fin), isClient ? up.isFinished : down.isFinished {
            state.conversation?.finish(fromClient: isClient, closed: true, &context, &sink)
        }
    }
}
