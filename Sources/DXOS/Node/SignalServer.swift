import Node
import Wire

/// A signal server: it serves Join, ReceiveMessages and SendMessage to all clients. It is above the layers: it receives
/// and sends messages of dxRPC, one at a time.
struct SignalServer: Node {
    let parameters: NodeParameters
    let form: WireForm
    let fault: Misbehaviour?
    /// The key of this host.
    let me: [UInt8]
    /// The other hosts to connect to.
    let hosts: [Endpoint]
    var connections: [LinkID: Connection] = [:]
    /// The connections whose `dxos.open` is not confirmed.
    private var openings: Set<LinkID> = []
    var membership: HostMembership
    /// The bus over connections with other hosts.
    var bus: ConnectionBus
    /// The bus over another protocol, in place of `bus`.
    var carriedBus: CarriedBus?
    var redials = Redials(first: .milliseconds(100))
    var inboxes = Subscriptions()
    var counters = Counters()

    init(_ options: NodeOptions) {
        parameters = NodeParameters(options.settings)
        form = WireForm(parameters)
        fault = options.bug.flatMap { Misbehaviour.named[$0] }
        var random = options.random
        let key = random.bytes(32)
        me = options.identity ?? key
        hosts = parameters.bus == .on ? options.peers : []
        let clock = HostClock(beginning: UnixTime(nanoseconds: options.date))
        membership = HostMembership(parameters, me: me, clock: clock, fault: fault)
        bus = ConnectionBus(form, me)
        carriedBus =
            parameters.bus.isCarried ? CarriedBus(network: options.network, meets: parameters.bus == .dht) : nil
    }
    var deadline: Instant? {
        var all = [membership.deadline, inboxes.deadline, redials.deadline].compactMap { $0 }
        all += openings.compactMap { connections[$0]?.opening?.next }
        return all.min()
    }
    mutating func start(now: Instant, _ out: inout [Action]) {
        for host in hosts { out.append(.connect(host)) }
    }
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        var connection = Connection(peer: peer, by: opener)
        if parameters.handshake {
            connection.opening = Handshake(now)
            openings.insert(link)
            out.append(.send(link, form.opening))
        }
        connections[link] = connection
        guard opener == .us else { return }
        redials.stands(peer)
        bus.begin(link, &out)
    }
    /// Handles bytes without a kind; whole messages have one.
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        received(bytes, kind: Self.binary, on: link, now: now, &out)
    }
    static let binary: UInt8 = 2
    mutating func received(_ bytes: RawSpan, kind: UInt8, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let connection = connections[link] else { return }
        guard kind == Self.binary else { return }
        var framing = MessageFraming()
        guard case .message(let type, _) = framing.next(bytes), type.check(bytes) == nil else {
            return garbage(link, now, &out)
        }
        switch type {
        case is Request.Type: request(bytes, on: link, at: now, into: &out)
        // A value of false is malformed.
        case is Open.Type where (try? Open(copying: bytes))?.open == true:
            connections[link]?.saidOpen = true
            if parameters.handshake { out.append(.send(link, form.confirmation)) }
        case is OpenAck.Type where connection.opening != nil && (try? OpenAck(copying: bytes))?.openAck == true:
            connections[link]?.opening = nil
            openings.remove(link)
            out.append(.send(link, form.confirmation))
        case is StreamClose.Type:
            let id = (try? StreamClose(copying: bytes))?.streamClose?.id ?? 0
            closeStream(id, on: link, at: now, into: &out)
        case is Bye.Type: bye(link, now, &out)
        // A response belongs to the bus. Other responses have ids that the server never used. All other messages are
        // malformed and ignored.
        case is Response.Type: if let event = bus.hear(bytes, link) { hear(event, on: link, at: now, into: &out) }
        default: break
        }
    }
    mutating func garbage(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        counters.malformed += 1
        out.append(.report(Event("malformed", link)))
        if form.build.dropsGarbage { end(link, now, &out) }
    }
    mutating func bye(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        guard connections[link]?.saidBye == false else { return }
        switch form.build.onBye {
        case .ignores: break
        case .answers:
            connections[link]?.saidBye = true
            out.append(.send(link, form.goodbye))
            end(link, now, &out)
        case .endsStreams:
            for id in (connections[link]?.streams.keys.sorted() ?? []) {
                drop(id, on: link, isLost: false, at: now, into: &out)
            }
        }
    }

    // The end of streams

    mutating func closeStream(_ id: Int32, on link: LinkID, at now: Instant, into out: inout [Action]) {
        guard connections[link]?.streams[id] != nil else { return }
        drop(id, on: link, isLost: false, at: now, into: &out)
        if form.build.confirmsClose { out.append(.send(link, form.response(id) { $0.close = true })) }
    }
    mutating func drop(_ id: Int32, on link: LinkID, isLost: Bool, at now: Instant, into out: inout [Action]) {
        let key = StreamID(link: link, id: id)
        switch connections[link]?.streams.removeValue(forKey: id) {
        case .join(let swarm, let peer):
            let place = Swarms.Place(swarm: swarm, peer: peer)
            change(now, &out) {
                isLost ? $0.lose(key, place, at: now, into: &$1) : $0.leave(key, place, at: now, into: &$1)
            }
        case .receive(let peer):
            if isLost {
                inboxes.lose(key, peer, until: now + parameters.grace)
            } else if inboxes.remove(key, peer) {
                carry(.unsubscribe(.peer(peer)), now, &out)
            }
        case .topic(let topic): bus.remove(key, topic)
        case nil: break
        }
    }
    /// Removes a connection that ended or that the server ends.
    mutating func lose(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        for id in (connections[link]?.streams.keys.sorted() ?? []) {
            drop(id, on: link, isLost: true, at: now, into: &out)
        }
        openings.remove(link)
        if let host = connections.removeValue(forKey: link)?.dialed { redials.lost(host, now) }
        bus.end(link)
    }
    mutating func end(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        lose(link, now, &out)
        out.append(.close(link))
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) { lose(link, now, &out) }
    mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard bytes > Limits.unsent, connections[link] != nil else { return }
        out.append(.report(Event("slow_reader", link, [.init("bytes", .uint(UInt64(bytes)))])))
        lose(link, now, &out)
        out.append(.close(link, CloseStatus(1008, "slow reader")))
    }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) { redials.lost(peer, now) }
    /// Numbers of events since the start, for the operator.
    struct Counters: Sendable {
        /// Calls that were served, and calls that were answered with an error.
        var (calls, refused): (UInt64, UInt64) = (0, 0)
        /// Messages to peers, and those of them whose recipient has no stream here.
        var (messages, unclaimed): (UInt64, UInt64) = (0, 0)
        /// Messages and publications that could not be read.
        var malformed: UInt64 = 0
    }
    static let controls = [
        NodeControl(tells: "shutdown", "ends all streams and connections of a server"),
        NodeControl(
            tells: "network",
            "moves a server without peers to another signaling network, with bus=gossipsub or bus=dht",
            .one("key")),
    ]
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        if name == "network" { return move(arguments) }
        guard name == "shutdown" else { return answer(name, arguments, now: now) }
        change(now, &out) { $0.stop(&$1) }
        for topic in (carriedBus?.held ?? bus.held).sorted(by: { $0.name < $1.name }) {
            carry(.unsubscribe(topic), now, &out)
        }
        for link in connections.keys.sorted() {
            for id in connections[link]?.streams.keys.sorted() ?? [] {
                out.append(.send(link, form.response(id) { $0.close = true }))
            }
            out.append(.close(link))
        }
        (connections, openings, inboxes) = ([:], [], Subscriptions())
        bus = ConnectionBus(form, me)
        redials.stop()
        return .bool(true)
    }
    mutating func wake(now: Instant, _ out: inout [Action]) {
        change(now, &out) { $0.wake(now, &$1) }
        for peer in inboxes.expire(now) { carry(.unsubscribe(.peer(peer)), now, &out) }
        redial(now, &out)
        for link in openings.sorted() {
            guard let due = connections[link]?.opening?.isDue(now) else {
                connections[link]?.opening = nil
                openings.remove(link)
                continue
            }
            guard due else { continue }
            out.append(.send(link, form.opening))
        }
    }

    // Events on streams

    mutating func tell(_ notices: [Swarms.Notice], _ now: Instant, _ out: inout [Action]) {
        for notice in notices {
            let event =
                notice.since.map { form.bytes(self.event(notice.peer, $0, now)) } ?? membership.left(notice.peer)
            for stream in notice.streams { out.append(.send(stream.link, response(stream.id, .swarmEvent, event))) }
        }
    }
    func response(_ id: Int32, _ type: TypeName, _ value: [UInt8]) -> [UInt8] {
        form.response(id) { $0.payload = form.payload(type, value) }
    }
    func event(_ peer: [UInt8], _ since: UnixTime, _ now: Instant) -> SwarmEvent {
        var available = PeerAvailable()
        available.peer = Bytes(peer)
        available.since = since.timestamp
        if let ttl = parameters.ttl { available.until = membership.clock.time(now + ttl).timestamp }
        var event = SwarmEvent()
        event.peerAvailable = available
        return event
    }
}
