import Node
import Wire

/// The state that all connections of a capture share.
struct FlowContext {
    let guess: ProtocolDetector
    let options: ReadingOptions
    var tally = Tally()
    var history = StreamHistory()
    var inspections = InspectionCache()
    /// The comments of the capture on its packets.
    var comments = FrameComments()
    /// The decoders of datagrams, by protocol.
    var decoders: [DatagramDecoder] = []
    /// The protocols that set up sessions of others, and the sides of these sessions so far.
    private let signaling: [Definition]
    private var signaled: Set<SignaledEnd> = []
    /// The observers that connections share, by protocol.
    var observers: [SharedObserver] = []
    /// The requests that may be answered.
    var answers: AnswerFinder
    /// An empty buffer with memory for a long message. A direction that starts to keep one takes it, because a new
    /// allocation for each costs more than reading the message.
    var spareBuffer: [UInt8] = []
    /// The maximum size of this buffer in bytes.
    static let spareLimit = 256 << 10
    /// The number of TCP connections so far.
    var streams: Int32 = 0
    /// The last ports that determined a protocol, and the index of its datagram decoder.
    var recentPorts: (source: UInt16, destination: UInt16, decoder: Int)?
    /// The number of bytes kept for all connections together.
    var memory = 0
    /// The packet that is being read.
    var mark = Mark(frame: 0, time: Timestamp(nanoseconds: 0))
    /// Its number of bytes on the wire, and the nanoseconds since the packet before it.
    var packet = (length: 0, sincePrevious: 0 as Int64)

    init(_ definitions: [Definition], _ options: ReadingOptions = ReadingOptions()) {
        guess = ProtocolDetector(definitions: definitions, rules: options.rules)
        self.options = options
        signaling = definitions.filter { $0.judging.signaled != nil }
        answers = AnswerFinder(definitions)
    }

    /// Returns the index of the decoder for a datagram. The protocol is determined by a rule, by a port, or because no
    /// other protocol fits. Returns nil if there is no decoder.
    @inline(__always)
    mutating func decoder(of datagram: Datagram, _ payload: RawSpan) -> Int? {
        if let recent = recentPorts, recent.source == datagram.source.port,
            recent.destination == datagram.destination.port
        {
            return recent.decoder
        }
        return findDecoder(of: datagram, payload)
    }
    @inline(never)
    private mutating func findDecoder(of datagram: Datagram, _ payload: RawSpan) -> Int? {
        if let known = guess.byPort(datagram.source, datagram.destination, .udp) {
            let decoder = decoder(of: known)
            if let decoder { recentPorts = (datagram.source.port, datagram.destination.port, decoder) }
            return decoder
        }
        guard payload.byteCount >= ProtocolDetector.enough, case .certain(let found) = guess.byBytes(payload, .udp)
        else { return nil }
        return decoder(of: found)
    }
    /// Returns the index of the decoder of a protocol; nil if the protocol has no datagrams.
    private mutating func decoder(of definition: Definition) -> Int? {
        if let known = decoders.firstIndex(where: { $0.definition.name == definition.name }) { return known }
        guard let make = definition.judging.datagramObserver else { return nil }
        decoders.append(DatagramDecoder(definition, make(options.scrutiny, options.limits.memory / 2, options.secrets)))
        let decoder = decoders[decoders.count &- 1]
        for end in signaled { decoder.learn(end) }
        return decoders.count &- 1
    }

    /// Notes that bytes of a connection are missing, so that answers cannot be assigned to the requests before.
    mutating func loseRequests(of flow: Int) { answers.lose(flow, at: mark.time) }
    /// Returns a warning, at the packet that is being read, that belongs to no single message.
    func warning(_ flow: Int?, _ text: String) -> CaptureNote {
        CaptureNote(severity: .warning, frame: mark.frame, flow: flow, text: text)
    }
    /// Passes on a record, with the next number and the comments on its packets.
    @inline(__always)
    mutating func emit(_ record: consuming Record, _ bytes: RawSpan, _ sink: inout some RecordSink) {
        tally.records &+= 1
        record.number = tally.records
        (record.packetLength, record.sincePrevious) = packet
        if !comments.isEmpty { record.comments = comments.of(record.frames) }
        if !signaling.isEmpty { noteSignal(record, bytes) }
        if sink.wantsAnswers { (record.answers, record.isRequest) = answers.receive(record, bytes) }
        sink.record(record, bytes)
    }
    /// Notes the side of a session that a message describes, for the decoders of the session's datagrams.
    private mutating func noteSignal(_ record: borrowing Record, _ bytes: RawSpan) {
        for definition in signaling where definition.name == record.protocolName {
            guard let type = record.message, let end = definition.judging.signaled?(type, bytes),
                signaled.count < SignaledEnd.limit, signaled.insert(end).inserted
            else { continue }
            for decoder in decoders { decoder.learn(end) }
        }
    }
    /// Passes on a valid message without findings.
    @inline(__always)
    mutating func emitPlain(
        _ type: any Message.Type, at time: Timestamp, length: Int, between ends: FlowEnds,
        going direction: StreamDirection,
        of protocolName: String, to sink: inout some RecordSink
    ) {
        tally.records &+= 1
        let message = PlainMessage(
            type: type, time: time, start: tally.start ?? time, source: ends.source(direction),
            destination: ends.source(direction.opposite), flow: ends.flow, length: length,
            isFromClient: direction.isFromClient)
        sink.plain(message, of: protocolName)
    }
}

/// The two ends of a connection, and its number.
struct FlowEnds {
    var flow: Int
    var client: Endpoint
    var stream: Int32 = -1
    var server: Endpoint

    /// Returns the sender in a direction.
    @inline(__always)
    func source(_ direction: StreamDirection) -> Endpoint { direction == .fromClient ? client : server }
}

extension FlowContext {
    /// Returns the shared observer of a protocol; nil if it has none.
    mutating func sharedObserver(_ definition: Definition) -> SharedObserver? {
        guard let make = definition.judging.messageObserver else { return nil }
        if let known = observers.first(where: { $0.definition.name == definition.name }) { return known }
        let made = SharedObserver(definition, make(options.scrutiny, options.limits.memory / 2))
        observers.append(made)
        return made
    }
    /// Ends all shared observers, and makes records without bytes of their findings.
    mutating func finishObservers(_ sink: inout some RecordSink) {
        let told = observers.map { ($0.definition.name, $0.finish()) }
        observers = []
        for (name, findings) in told {
            for found in findings { emit(Record(found, name, mark, start: tally.start), RawSpan(), &sink) }
        }
    }
}

extension Record {
    /// Creates a record of a finding at the end of the capture.
    fileprivate init(_ found: HeardFinding, _ protocolName: String, _ mark: Mark, start: Timestamp?) {
        self.init(
            number: 0, time: mark.time, start: start ?? mark.time, source: found.source,
            destination: found.destination, transport: .tcp, flow: found.channel.connection,
            protocolName: protocolName, kind: .incomplete, message: nil, offset: 0, length: 0,
            frames: FrameNumbers(mark.frame), isFromClient: found.isFromClient, notes: [found.finding])
        path = found.channel.path
        isFinding = true
    }
}
