import Node
import Wire

/// A signal server: it serves Join, ReceiveMessages and SendMessage to all that connect. Above the layers: it takes and
/// gives messages of dxRPC, one at a time.
struct SignalServer: Node {
    let parameters: NodeParameters
    let form: WireForm
    let fault: Misbehaviour?
    /// What `since` counts from, in seconds since 1970: nodes read no clock.
    let epoch: Int64
    var connections: [LinkID: Connection] = [:]
    var swarms: Swarms
    var inboxes = Subscriptions()
    /// What a node with a fault still has to say.
    var late: [(at: Instant, link: LinkID, bytes: [UInt8])] = []
    var sent = 0
    /// Peers that subscribed once, of a node that has them do so once.
    var subscribed: Set<[UInt8]> = []

    init(_ options: NodeOptions) {
        parameters = NodeParameters(options.settings)
        form = WireForm(parameters)
        fault = options.bug.flatMap { Misbehaviour.named[$0] }
        epoch = 1_767_225_600
        swarms = Swarms(grace: parameters.grace, fault: fault)
    }
    var deadline: Instant? {
        var all = [swarms.deadline].compactMap { $0 } + late.map(\.at)
        all += connections.values.compactMap { $0.opening?.next }
        return all.min()
    }
    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        var connection = Connection()
        if parameters.handshake {
            connection.opening = Handshake(now)
            out.append(.send(link, form.opening))
        }
        connections[link] = connection
    }
    /// Whole messages come with their kind.
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        received(bytes, kind: Self.binary, on: link, now: now, &out)
    }
    static let binary: UInt8 = 2
    mutating func received(_ bytes: RawSpan, kind: UInt8, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let connection = connections[link] else { return }
        guard kind == Self.binary || fault == .answersText else {
            if fault == .answersPing, Keepalive.isText(bytes) { out.append(.send(link, Array("__pong__".utf8))) }
            return
        }
        var framing = MessageFraming()
        guard case .message(let type, _) = framing.next(bytes), type.check(bytes) == nil else {
            return garbage(link, now, &out)
        }
        switch type {
        case is Request.Type: request(bytes, link, now, &out)
        // One that is false is malformed.
        case is Open.Type where (try? Open(copying: bytes))?.open == true:
            connections[link]?.saidOpen = true
            if parameters.handshake { out.append(.send(link, form.confirmation)) }
        case is OpenAck.Type where connection.opening != nil && (try? OpenAck(copying: bytes))?.openAck == true:
            connections[link]?.opening = nil
            out.append(.send(link, form.confirmation))
        case is StreamClose.Type:
            let id = (try? StreamClose(copying: bytes))?.streamClose?.id ?? 0
            closeStream(id, link, now, &out)
        case is Bye.Type: bye(link, now, &out)
        case is Response.Type where fault == .strayResponseEnds: end(link, now, &out)
        // It calls nobody: each response is of an id that it never used. The rest is malformed, and passed over.
        default: break
        }
    }
    mutating func garbage(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        out.append(.report(Event("malformed", link)))
        if fault == .garbageEndsAll {
            for other in connections.keys.sorted() { end(other, now, &out) }
        } else if form.build.dropsGarbage {
            end(link, now, &out)
        }
    }
    mutating func bye(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        guard connections[link]?.saidBye == false, fault != .byeUnanswered else { return }
        switch form.build.onBye {
        case .ignores: break
        case .answers:
            connections[link]?.saidBye = true
            out.append(.send(link, form.goodbye))
            end(link, now, &out)
        case .endsStreams:
            for id in (connections[link]?.streams.keys.sorted() ?? []) { drop(id, link, isLost: false, now, &out) }
        }
    }

    // Streams that end

    mutating func closeStream(_ id: Int32, _ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        guard let stream = connections[link]?.streams[id] else {
            if fault == .unknownCloseEnds { end(link, now, &out) }
            if fault == .closesAllOnUnknown {
                for id in (connections[link]?.streams.keys.sorted() ?? []) { drop(id, link, isLost: false, now, &out) }
            }
            return
        }
        if fault == .closeOfOneEndsAll {
            for other in (connections[link]?.streams.keys.sorted() ?? []) where other != id {
                drop(other, link, isLost: false, now, &out)
            }
        }
        switch (fault, stream) {
        case (.keepsSubscription, .receive), (.keepsJoinStream, .join): break
        default: drop(id, link, isLost: false, now, &out)
        }
        if fault == .eventAfterClose, case .join = stream {
            let event = response(id, .swarmEvent, form.bytes(event(Array("late".utf8), now)))
            late.append((now + .milliseconds(700), link, event))
        }
        if form.build.confirmsClose { out.append(.send(link, form.response(id) { $0.close = true })) }
    }
    mutating func drop(_ id: Int32, _ link: LinkID, isLost: Bool, _ now: Instant, _ out: inout [Action]) {
        let key = StreamID(link: link, id: id)
        switch connections[link]?.streams.removeValue(forKey: id) {
        case .join(let swarm, let peer):
            let notices = isLost ? swarms.lose(key, swarm, peer, now) : swarms.leave(key, swarm, peer)
            tell(notices, now, &out)
        case .receive(let peer): inboxes.remove(key, peer)
        case nil: break
        }
    }
    /// Ends a connection, or learns that it ended.
    mutating func lose(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        for id in (connections[link]?.streams.keys.sorted() ?? []) { drop(id, link, isLost: true, now, &out) }
        connections[link] = nil
        late.removeAll { $0.link == link }
    }
    mutating func end(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        lose(link, now, &out)
        out.append(.close(link))
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) { lose(link, now, &out) }
    mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard bytes > Limits.unsent, connections[link] != nil else { return }
        out.append(.report(Event("slow_reader", link, [.init("bytes", .uint(UInt64(bytes)))])))
        end(link, now, &out)
    }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    static let controls = [NodeControl(tells: "shutdown", "ends all streams and connections of a server")]
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        guard name == "shutdown" else { return nil }
        for link in connections.keys.sorted() {
            for id in fault == .abruptStop ? [] : connections[link]?.streams.keys.sorted() ?? [] {
                out.append(.send(link, form.response(id) { $0.close = true }))
            }
            out.append(.close(link))
        }
        (connections, inboxes, late) = ([:], Subscriptions(), [])
        swarms = Swarms(grace: parameters.grace, fault: fault)
        return .bool(true)
    }
    mutating func wake(now: Instant, _ out: inout [Action]) {
        tell(swarms.expire(now), now, &out)
        for item in late where item.at <= now { out.append(.send(item.link, item.bytes)) }
        late.removeAll { $0.at <= now }
        for link in connections.keys.sorted() {
            guard let due = connections[link]?.opening?.isDue(now) else {
                connections[link]?.opening = nil
                continue
            }
            guard due else { continue }
            out.append(.send(link, form.opening))
        }
    }

    // What streams are told

    mutating func tell(_ notices: [Swarms.Notice], _ now: Instant, _ out: inout [Action]) {
        for notice in notices {
            let event = form.bytes(
                notice.since.map { self.event(notice.peer, $0) } ?? Self.left(notice.peer))
            var streams = notice.streams
            if fault == .eventsOnReceive {
                streams += connections.flatMap { link, connection in
                    connection.streams.compactMap { id, stream in
                        if case .receive = stream { StreamID(link: link, id: id) } else { nil }
                    }
                }.sorted()
            }
            for stream in streams { out.append(.send(stream.link, response(stream.id, .swarmEvent, event))) }
        }
    }
    func response(_ id: Int32, _ type: TypeName, _ value: [UInt8]) -> [UInt8] {
        form.response(id) { $0.payload = form.payload(type, value) }
    }
    func event(_ peer: [UInt8], _ since: Instant) -> SwarmEvent {
        var available = PeerAvailable()
        available.peer = Bytes(peer)
        if fault != .sinceMissing { available.since = time(since) }
        if let ttl = parameters.ttl { available.until = time(since + ttl) }
        if fault == .announcesToClients { available.announceBackToHost = Bytes(Array("host".utf8)) }
        var event = SwarmEvent()
        event.peerAvailable = available
        return event
    }
    func time(_ now: Instant) -> Timestamp {
        var time = Timestamp()
        time.seconds = epoch + now.nanoseconds / 1_000_000_000
        let nanos = Int32(now.nanoseconds % 1_000_000_000)
        if nanos != 0 { time.nanos = nanos }
        return time
    }
    static func left(_ peer: [UInt8]) -> SwarmEvent {
        var left = PeerLeft()
        left.peer = Bytes(peer)
        var event = SwarmEvent()
        event.peerLeft = left
        return event
    }
}
