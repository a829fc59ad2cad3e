import Node
import Wire

/// A client of hubs. It announces itself in its network, offers a data channel to discovered peers, answers their
/// offers, and connects again when its connection ends. It is above the layers: it receives and sends whole messages.
///
/// It opens no data channel. The sessions in its offers and answers have no media. That is enough for hubs and for
/// other clients of this kind.
struct Client: Node {
    let parameters: NodeParameters
    let voice: ClientVoice
    /// The seeded fault.
    let bug: Misbehaviour?
    let me: PeerID
    private let hubs: [Endpoint]
    private var random: Random
    /// The open connections, with their hubs.
    private var links: [LinkID: Endpoint] = [:]
    private var redials: ClientRedials
    /// The time of the next `ping`.
    private var pingsAt: Instant?
    /// The known peers of its network.
    private(set) var peers: Set<PeerID> = []
    /// The negotiations with each peer, until the peer or this client leaves.
    var negotiations = Negotiations()

    init(_ options: NodeOptions) {
        parameters = NodeParameters(options.settings)
        let bug = options.bug.flatMap { Misbehaviour.named[$0] }
        self.bug = bug
        var random = options.random
        let drawn = random.bytes(20)
        let id = PeerID((options.identity ?? drawn).hex) ?? PeerID(drawn.hex) ?? .zero
        me = id
        hubs = options.peers
        redials = ClientRedials(bug)
        voice = ClientVoice(me: id, network: parameters.network, beginning: options.date, bug: bug)
        self.random = random
    }
    var deadline: Instant? { [pingsAt, redials.deadline].compactMap { $0 }.min() }

    mutating func start(now: Instant, _ out: inout [Action]) {
        out.append(.report(Event("peer", nil, [.init("id", .text(me.text))])))
        for hub in hubs { out.append(.connect(hub)) }
    }
    mutating func wake(now: Instant, _ out: inout [Action]) {
        for hub in redials.due(now) { out.append(.connect(hub)) }
        guard let at = pingsAt, at <= now else { return }
        pingsAt = at + parameters.keepalive
        if bug != .clientNeverPings { say(Ping().encoded(), &out) }
    }

    // Connections

    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        out.append(.close(link))
    }
    mutating func opened(
        _ link: LinkID, speaks: String, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {
        guard opener == .us else { return out.append(.close(link)) }
        let isAgain = redials.isAgain(peer)
        redials.stands(peer)
        if links.isEmpty { pingsAt = now + parameters.keepalive }
        links[link] = peer
        if isAgain, bug == .clientForgetsAnnounce { return }
        out.append(.send(link, voice.announce()))
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        closed(link, status: nil, now: now, &out)
    }
    mutating func closed(_ link: LinkID, status: CloseStatus?, now: Instant, _ out: inout [Action]) {
        guard let hub = links.removeValue(forKey: link) else { return }
        let code = status?.code
        out.append(.report(Event("disconnected", link, code.map { [.init("code", .uint(UInt64($0)))] } ?? [])))
        if links.isEmpty {
            pingsAt = nil
            forgetAll(&out)
        }
        if code == 1000, bug == .clientObeysClose { return }
        redials.lost(hub, now)
    }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) { redials.lost(peer, now) }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        if links[link] != nil { take(bytes, on: link, at: now, into: &out) }
    }
    /// Sends a message to each connected hub.
    func say(_ bytes: [UInt8], _ out: inout [Action]) {
        for link in links.keys.sorted() { out.append(.send(link, bytes)) }
    }

    // Peers

    /// Records a peer. Returns false if it is already known.
    mutating func learn(_ peer: PeerID, _ link: LinkID, _ out: inout [Action]) -> Bool {
        guard peers.count < Limits.remotePeers, peers.insert(peer).inserted else { return false }
        out.append(.report(Event("peer_discovered", link, [.init("peer", .text(peer.text))])))
        return true
    }
    mutating func forget(_ peer: PeerID, _ link: LinkID?, _ out: inout [Action]) {
        negotiations.end(peer)
        guard peers.remove(peer) != nil else { return }
        out.append(.report(Event("peer_left", link, [.init("peer", .text(peer.text))])))
    }
    private mutating func forgetAll(_ out: inout [Action]) {
        for peer in peers.sorted(by: { $0.text < $1.text }) { forget(peer, nil, &out) }
        negotiations = Negotiations()
    }
    /// Returns a unique number for a session description.
    mutating func newSession() -> UInt64 { random.next() >> 1 }

    // Commands of its own side

    static let controls = [
        NodeControl(asks: "peers", "the peers that a client has discovered", columns: ["peer", "negotiation"]),
        NodeControl(
            tells: "offer", "a client offers a data channel to a peer, discovered or not", .one("to"),
            details: [Named("session", "the number of the session, which goes with all of it (a new one)")]),
        NodeControl(tells: "leave", "a client says goodbye and closes its connections"),
    ]
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        switch name {
        case "offer":
            let words = Value.map(arguments)
            guard case .text(let text)? = words["to"], let peer = PeerID(text) else { return nil }
            var session = newSession()
            if case .uint(let number)? = words["session"] { session = number }
            offer(peer, session, at: now, into: &out)
        case "leave":
            if bug != .clientLeavesWithoutGoodbye { say(voice.goodbye(now), &out) }
            let status = CloseStatus(bug == .clientLeavesWith1001 ? 1001 : 1000, "Client disconnect")
            for link in links.keys.sorted() { out.append(.close(link, status)) }
            links = [:]
            redials.stop()
            pingsAt = nil
            forgetAll(&out)
        default: return answer(name, arguments, now: now)
        }
        return .bool(true)
    }
    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        guard question == "peers" else { return nil }
        return .list(
            peers.sorted { $0.text < $1.text }.map {
                .map([.init("peer", .text($0.text)), .init("negotiation", .text(negotiations.state(of: $0)))])
            })
    }
}

/// The state of a client's negotiation with each peer.
struct Negotiations: Sendable {
    private enum State {
        /// This side sent an offer.
        case offered
        case agreed
    }
    /// The time limit for an answer.
    private static let patience = Duration.seconds(10)
    private var all: [PeerID: (state: State, session: UInt64, at: Instant)] = [:]

    mutating func offered(_ peer: PeerID, _ session: UInt64, _ now: Instant) {
        keep(peer, (.offered, session, now))
    }
    /// Records that there is an offer and an answer.
    mutating func agreed(_ peer: PeerID, _ session: UInt64, _ now: Instant) {
        keep(peer, (.agreed, session, now))
    }
    mutating func end(_ peer: PeerID) { all[peer] = nil }
    /// Returns true if an offer of this side is not answered yet.
    func isOffered(_ peer: PeerID, _ now: Instant) -> Bool {
        guard let known = all[peer], known.state == .offered else { return false }
        return now < known.at + Self.patience
    }
    /// Returns the state for people.
    func state(of peer: PeerID) -> String {
        switch all[peer]?.state {
        case .offered?: "offered"
        case .agreed?: "agreed"
        case nil: "none"
        }
    }
    /// Keeps a state. Any peer may send offers, so the number is limited to the number of peers.
    private mutating func keep(_ peer: PeerID, _ state: (State, UInt64, Instant)) {
        if all[peer] != nil || all.count < Limits.remotePeers { all[peer] = state }
    }
}

/// The encoding of a client's messages.
struct ClientVoice: Sendable {
    let me: PeerID
    let network: NetworkName
    /// The date of `Instant.zero`, in nanoseconds since 1970.
    let beginning: Int64
    let bug: Misbehaviour?
    /// The value that every client sends; hubs ignore it.
    private static let maxPeers = JSONValue(.uint(3))

    func announce() -> [UInt8] {
        var message = Announce()
        if bug != .clientAnnouncesNoNetwork { message.networkName = network.json }
        if bug != .clientAnnouncesNoID { message.data = JSONValue(.map([.init("peerId", .text(me.text))])) }
        message.maxPeers = Self.maxPeers
        return message.encoded()
    }
    func offer(_ peer: PeerID, _ session: UInt64) -> [UInt8] {
        signal(Offer(), to: peer, SessionText.description(session, "offer"))
    }
    func answer(_ peer: PeerID, _ session: UInt64) -> [UInt8] {
        let type = bug == .clientAnswersWithOffer ? "offer" : "answer"
        return signal(Answer(), to: bug == .clientAnswersItself ? me : peer, SessionText.description(session, type))
    }
    func candidate(_ peer: PeerID, _ session: UInt64) -> [UInt8] {
        signal(Candidate(), to: peer, SessionText.candidate(session, from: me.text))
    }
    private func signal<K: SignalKind>(_ empty: Signal<K>, to peer: PeerID, _ data: Value) -> [UInt8] {
        var message = empty
        message.data = JSONValue(data)
        message.maxPeers = Self.maxPeers
        if bug != .clientSignalsWithoutNetwork { message.networkName = network.json }
        if bug != .clientSignalsWithoutTarget { message.targetPeerID = JSONValue(.text(peer.text)) }
        return message.encoded()
    }
    func goodbye(_ now: Instant) -> [UInt8] {
        var message = Goodbye()
        message.data = JSONValue(
            .map([
                .init("peerId", .text(me.text)), .init("timestamp", Value((beginning &+ now.nanoseconds) / 1_000_000)),
                .init("reason", .text("peer_disconnect")),
            ]))
        message.networkName = network.json
        return message.encoded()
    }
}
