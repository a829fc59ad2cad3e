public import Node
internal import Wire

/// A connection with data channels to another peer (RFC 8825): ICE finds the path, a transport secures it and carries
/// messages. It does no I/O and reads no clock: it receives signals, datagrams and the time, and returns signals, datagrams
/// and events.
public struct PeerConnection: Sendable {
    /// The options of a connection.
    public struct Options: Sendable {
        public var identity: any TransportIdentity
        /// The addresses of the socket that carries the datagrams, best first.
        public var hosts: [Endpoint]
        /// A STUN server that reports further addresses; nil for none.
        public var server: Endpoint?
        /// The maximum number of bytes of a received message. A larger message ends the connection.
        public var maximumMessage = 1 << 20
        /// The maximum number of bytes that wait to be sent in all channels together.
        public var maximumUnsent = 16 << 20
        /// The role in the DTLS handshake that an answer requests: the server's if true.
        public var answersPassive = false

        /// Creates options with the default limits.
        public init(identity: any TransportIdentity, hosts: [Endpoint]) {
            (self.identity, self.hosts) = (identity, hosts)
        }
    }
    /// An event of a connection. Channels have numbers, from 0 in order of their creation.
    public enum Event: Equatable, Sendable {
        /// The value of an `a=candidate` line that became known after the description.
        case candidate(String)
        /// A line of a key log.
        case secret(String)
        /// A path to the other side works.
        case connected(Endpoint)
        /// The other side proved that it has the certificate of its description.
        case secured(String)
        case opened(channel: Int, label: String, subprotocol: String, Delivery, by: Opener)
        case message(channel: Int, [UInt8], isText: Bool)
        case closed(channel: Int)
        /// Data of the other side was ignored, for this reason.
        case ignored(String)
        /// The connection ended, for this reason. Nothing follows.
        case ended(String)
    }
    /// The time from creation to the answer of the other side, and from there to the association. Without the second
    /// limit, a side that keeps its path but never completes the handshake would hold a connection for ever.
    static let patience = Duration.seconds(60)
    /// The number of datagrams that are kept while the transport does not exist yet.
    private static let maximumEarly = 8

    public let offers: Bool
    let options: Options
    private(set) var agent: ICEAgent
    private(set) var remote: SessionDescription?
    private var random: Random
    private let session: UInt64
    private var limit: Instant
    var transport: (any ChannelTransport)?
    private var transportDue: Instant?
    /// True if this side is the client of DTLS. It opens channels on streams with even numbers.
    private(set) var isClient = false
    private(set) var isAssociated = false
    public private(set) var isEnded = false
    private var early: [[UInt8]] = []
    private var datagrams: [(to: Endpoint, bytes: [UInt8])] = []
    var events: [Event] = []
    var channels: [Int: DataChannel] = [:]
    /// The numbers of the channels by stream.
    var streams: [UInt16: Int] = [:]
    var channelCount = 0
    /// The number of bytes in the queues of all channels, and of all messages whose end is missing.
    public internal(set) var unsent = 0
    var partial = 0

    /// Creates one side of a connection, which offers or answers.
    public init(offers: Bool, _ options: Options, _ random: Random, now: Instant) {
        (self.offers, self.options, self.random) = (offers, options, random)
        let credentials = ICECredentials(&self.random)
        agent = ICEAgent(isControlling: offers, credentials, Random(seed: self.random.next()))
        session = self.random.next() >> 1
        limit = now + Self.patience
        if let server = options.server, let base = options.hosts.first { agent.ask(server, from: base, now: now) }
    }
    /// The fragment of the user name in requests to this side: it identifies the connection on a shared socket.
    public var ufrag: String { agent.local.ufrag }

    // MARK: - Signals

    /// The description of this side: an offer, or an answer after the offer was taken. Nil before that.
    public var description: SessionDescription? {
        guard offers || remote != nil else { return nil }
        var out = SessionDescription(
            offers ? .offer : .answer, ufrag: agent.local.ufrag, password: agent.local.password,
            fingerprint: options.identity.fingerprint, setup: offers ? .actpass : isClient ? .active : .passive)
        out.session = session
        out.maximumMessage = UInt64(options.maximumMessage)
        out.candidates = options.hosts.enumerated().map { ICECandidate($1, .host, index: $0) }
        out.isComplete = options.server == nil
        guard !offers, let remote else { return out }
        (out.mid, out.refusedBefore, out.refusedAfter) = (remote.mid, remote.refusedBefore, remote.refusedAfter)
        return out
    }
    /// Takes the offer or the answer of the other side. A second description is ignored.
    public mutating func take(_ description: SessionDescription, now: Instant) throws(SDPError) {
        guard !isEnded, remote == nil else { return }
        let expected = offers ? SessionDescription.Kind.answer : .offer
        guard description.kind == expected else {
            throw SDPError("an \(expected.rawValue)", found: description.kind.rawValue)
        }
        remote = description
        limit = now + Self.patience
        isClient =
            switch description.setup {
            case .passive: true
            case .active: false
            case .actpass: !offers && !options.answersPassive
            }
        for candidate in description.candidates { agent.add(candidate) }
        agent.setRemote(
            .init(ufrag: description.ufrag, password: description.password), isLite: description.isLite, now: now)
        settle(now)
    }
    /// Takes the value of an `a=candidate` line. An empty value means that no more follow. A candidate that cannot be
    /// used is ignored.
    public mutating func take(candidate: String, now: Instant) throws(SDPError) {
        guard !isEnded, !candidate.isEmpty, let one = try ICECandidate.parse(candidate) else { return }
        agent.add(one)
        agent.wake(now: now)
        settle(now)
    }

    // MARK: - Datagrams and time

    /// Returns true if the other side proved that it has this address.
    public func accepts(_ from: Endpoint) -> Bool { agent.accepts(from) }
    /// Returns true if datagrams from this address may belong to this connection.
    public func knows(_ from: Endpoint) -> Bool { agent.knows(from) }
    /// Returns true if the connection waits for the answer to the request with this transaction id.
    func awaits(_ transaction: Fixed<12>) -> Bool { agent.awaits(transaction) }
    /// The addresses of the other side, its candidates and those from which it sent requests.
    var addresses: [Endpoint] { agent.pairs.map(\.remote) }
    /// Handles a datagram. Its first byte decides its protocol (RFC 7983). Datagrams from addresses that passed no check
    /// are ignored unless they are STUN.
    public mutating func receive(_ datagram: RawSpan, from: Endpoint, now: Instant) {
        guard !isEnded, datagram.byteCount > 0 else { return }
        switch datagram.unsafeLoad(as: UInt8.self) {
        case 0...3: agent.receive(datagram, from: from, now: now)
        case 20...63 where agent.accepts(from):
            if transport != nil {
                transport?.receive(datagram, now: now)
            } else if early.count < Self.maximumEarly, datagram.byteCount <= TransportLimits.datagram {
                // A ClientHello may arrive before the answer, or before the path is nominated.
                early.append(datagram.withUnsafeBytes { [UInt8]($0) })
            }
        default: return
        }
        settle(now)
    }
    /// The next time at which `wake` is needed.
    public var deadline: Instant? {
        if isEnded { return nil }
        return Instant.earlier(agent.deadline, Instant.earlier(transportDue, isAssociated ? nil : limit))
    }
    /// Handles that the deadline has come.
    public mutating func wake(now: Instant) {
        guard !isEnded else { return }
        if !isAssociated, limit <= now {
            let isSilent = remote == nil
            return over(
                isSilent ? "the other side did not answer the offer" : "the handshake was not completed in time")
        }
        agent.wake(now: now)
        if let due = transportDue, due <= now { transport?.wake(now: now) }
        settle(now)
    }
    /// Takes the datagrams to send.
    public mutating func takeDatagrams() -> [(to: Endpoint, bytes: [UInt8])] {
        defer { datagrams = [] }
        return datagrams
    }
    /// Takes the events since the last call, in order.
    public mutating func takeEvents() -> [Event] {
        defer { events = [] }
        return events
    }
    /// Ends the connection. The remaining datagrams announce it to the other side.
    public mutating func end(now: Instant) {
        guard !isEnded else { return }
        transport?.end(now: now)
        collect()
        over("this side closed the connection")
    }
    mutating func over(_ why: String) {
        guard !isEnded else { return }
        isEnded = true
        events.append(.ended(why))
        (channels, streams, early, unsent, partial) = ([:], [:], [], 0, 0)
    }

    /// Passes the results of one part on to the next until nothing is left to do.
    mutating func settle(_ now: Instant) {
        for event in agent.takeEvents() {
            switch event {
            case .candidate(let one): events.append(.candidate(one.text))
            case .connected: break
            case .selected(let path): events.append(.connected(path))
            case .role: break
            case .failed(let why):
                collect()
                return over(why)
            }
        }
        if transport == nil, agent.isNominated { start(now) }
        if transport != nil {
            var isMore = true
            while isMore, !isEnded { isMore = takeTransportEvents(now) }
            transportDue = transport?.deadline(now: now)
        }
        collect()
        if isEnded { transport = nil }
    }
    /// Collects the datagrams to send. The datagrams of the transport follow the path.
    private mutating func collect() {
        datagrams += agent.takeDatagrams()
        guard let all = transport?.takeDatagrams(), let path = agent.path else { return }
        for bytes in all { datagrams.append((path, bytes)) }
    }
    private mutating func start(_ now: Instant) {
        guard let remote, let fingerprint = remote.fingerprint else { return }
        transport = options.identity.transport(
            isClient: isClient, to: fingerprint, port: remote.port, random: Random(seed: random.next()))
        guard transport != nil else { return over("no transport can be created") }
        transport?.wake(now: now)
        for datagram in early { transport?.receive(datagram.span.bytes, now: now) }
        early = []
    }
    /// Handles the events of the transport, then sends what waits. Returns true if there were events.
    private mutating func takeTransportEvents(_ now: Instant) -> Bool {
        let all = transport?.takeEvents() ?? []
        for event in all where !isEnded {
            switch event {
            case .secret(let line): events.append(.secret(line))
            case .secured(let suite): events.append(.secured(suite))
            case .associated:
                isAssociated = true
                openWaiting(now)
            case .message(let stream, let payload, let bytes, let isEnd):
                received(bytes, payload, on: stream, isEnd: isEnd, now)
            case .reset(let stream, let isOurs): reset(stream, isOurs: isOurs, now)
            case .resetFailed(let stream): if let id = streams[stream] { channels[id]?.isResetAsked = false }
            case .ended(let why):
                collect()
                over(why)
            }
        }
        if isAssociated, !isEnded { flush(now) }
        return !all.isEmpty
    }
}
