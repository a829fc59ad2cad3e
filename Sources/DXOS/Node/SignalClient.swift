import Node
import Wire

/// A peer at signal servers: it joins the swarms that it is told of, takes the messages to it, answers offers, and sends
/// reliably what shall arrive. Above the layers, as `SignalServer` is.
struct SignalClient: Node {
    /// A swarm, or the messages to this peer.
    private enum Wish: Hashable, Sendable {
        case join([UInt8])
        case receive
    }
    private struct Link: Sendable {
        var peer: Endpoint
        /// A new connection counts from 0 again.
        var nextID: Int32 = 0
        var streams: [Int32: Wish] = [:]
    }
    private let form: WireForm
    private let servers: [Endpoint]
    private let fault: Misbehaviour?
    private let me: [UInt8]
    private var random: Random
    private var wishes: [Wish] = [.receive]
    private var links: [LinkID: Link] = [:]
    /// When it dials again, and how long it waited before.
    private var redials: [Endpoint: (at: Instant, delay: Duration)] = [:]
    private var outbox = ReliableOutbox()
    private var inbox = ReliableInbox()

    init(_ options: NodeOptions) {
        form = WireForm(NodeParameters(options.settings))
        fault = options.bug.flatMap { Misbehaviour.named[$0] }
        servers = options.peers
        var random = options.random
        let key = random.bytes(32)
        me = options.identity ?? key
        self.random = random
    }
    var deadline: Instant? {
        (redials.values.map(\.at).filter { $0 != .never } + [outbox.deadline].compactMap { $0 }).min()
    }
    mutating func start(now: Instant, _ out: inout [Action]) {
        out.append(.report(Event("peer", nil, [.init("key", .bytes(me))])))
        for server in servers { out.append(.connect(server)) }
    }

    // Connections

    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        guard opener == .us else { return out.append(.close(link)) }
        redials[peer] = nil
        links[link] = Link(peer: peer)
        // Swarms first, then messages (signal-client.ts).
        for wish in wishes where wish != .receive { ask(wish, link, &out) }
        ask(.receive, link, &out)
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let gone = links.removeValue(forKey: link) else { return }
        redial(gone.peer, now)
    }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) { redial(peer, now) }
    /// Waits twice as long each time, until a connection stands.
    private mutating func redial(_ peer: Endpoint, _ now: Instant) {
        let first = form.build == .js2022 ? Duration.seconds(1) : .milliseconds(100)
        let delay = redials[peer].map { min($0.delay + $0.delay, .seconds(5)) } ?? first
        redials[peer] = (now + delay, delay)
    }
    mutating func wake(now: Instant, _ out: inout [Action]) {
        for (peer, redial) in redials.sorted(by: { "\($0.key)" < "\($1.key)" }) where redial.at <= now {
            redials[peer]?.at = .never
            out.append(.connect(peer))
        }
        let due = outbox.wake(now)
        for message in due.again { send(message, &out) }
        for id in due.failed { out.append(.report(Event("not_delivered", nil, [.init("message_id", .bytes(id))]))) }
    }

    // Calls

    private mutating func ask(_ wish: Wish, _ link: LinkID, _ out: inout [Action]) {
        switch wish {
        case .join(let swarm):
            var join = JoinRequest()
            (join.swarm, join.peer) = (Bytes(swarm), Bytes(me))
            if let id = call(.join, form.bytes(join), link, &out) { links[link]?.streams[id] = wish }
        case .receive:
            var reception = ReceptionRequest()
            reception.peer = Bytes(me)
            if let id = call(.receiveMessages, form.bytes(reception), link, &out) { links[link]?.streams[id] = wish }
        }
    }
    @discardableResult
    private mutating func call(
        _ method: Method, _ value: [UInt8], _ link: LinkID, _ out: inout [Action]
    ) -> Int32? {
        guard let id = links[link]?.nextID else { return nil }
        links[link]?.nextID = id &+ (fault == .idsOfTwo ? 2 : 1)
        var request = RequestContent()
        if id != 0 { request.id = id }
        request.method = Text(fault == .bareMethods ? method.rawValue : method.fullName)
        request.payload = form.payload(method.argument, value)
        if method.isStream { request.stream = true }
        out.append(.send(link, form.bytes(Request(request))))
        return id
    }
    private mutating func send(_ message: SignalMessage, _ out: inout [Action]) {
        guard let link = links.keys.min() else { return }
        call(.sendMessage, form.bytes(message), link, &out)
    }
    private func message(to recipient: [UInt8], _ type: StaticString, _ value: [UInt8]) -> SignalMessage {
        message(to: recipient, type.description, value)
    }
    private func message(to recipient: [UInt8], _ type: String, _ value: [UInt8]) -> SignalMessage {
        var any = ApplicationPayload()
        any.typeURL = Text(type)
        if !value.isEmpty { any.value = Bytes(value) }
        var message = SignalMessage()
        (message.author, message.recipient, message.payload) = (Bytes(me), Bytes(recipient), any)
        return message
    }

    // What comes

    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        received(bytes, kind: SignalServer.binary, on: link, now: now, &out)
    }
    mutating func received(_ bytes: RawSpan, kind: UInt8, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard kind == SignalServer.binary, let response = (try? Response(copying: bytes))?.response else { return }
        let id = response.id ?? 0
        guard let wish = links[link]?.streams[id] else { return }
        if let error = response.error {
            links[link]?.streams[id] = nil
            let text = error.message?.string(in: RawSpan()) ?? ""
            return out.append(.report(Event("stream_error", link, [.init("message", .text(text))])))
        }
        if response.close ?? false {
            // It is not joined again while the connection lives, as in JavaScript.
            links[link]?.streams[id] = nil
            if fault == .unaskedCloseEnds { hangUp(link, now, &out) }
            return out.append(.report(Event("stream_closed", link)))
        }
        guard let payload = response.payload else { return }
        switch wish {
        case .join(let swarm):
            let event = payload.swarmEvent
            if let peer = event?.peerAvailable?.peer { tell("peer_available", swarm, peer, link, &out) }
            if let peer = event?.peerLeft?.peer { tell("peer_left", swarm, peer, link, &out) }
        case .receive: if let message = payload.message { hear(message, link, now, &out) }
        }
    }
    private mutating func hangUp(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        guard let gone = links.removeValue(forKey: link) else { return }
        out.append(.close(link))
        redial(gone.peer, now)
    }
    private func tell(_ name: String, _ swarm: [UInt8], _ peer: Bytes, _ link: LinkID, _ out: inout [Action]) {
        out.append(
            .report(Event(name, link, [.init("swarm", .bytes(swarm)), .init("peer", .bytes(peer.array()))])))
    }
    private mutating func hear(_ message: SignalMessage, _ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        let author = message.author?.array() ?? []
        guard let payload = message.payload else { return }
        if let acknowledged = payload.acknowledgement?.messageID?.data?.array() {
            if fault == .strayAcknowledgementEnds, !outbox.has(acknowledged) { hangUp(link, now, &out) }
            if fault != .acknowledgementIgnored { outbox.acknowledge(acknowledged) }
        } else if let reliable = payload.reliable {
            let id = reliable.messageID?.data?.array() ?? []
            let isNew = inbox.take(id, now)
            if fault != .neverAcknowledges {
                var acknowledgement = Acknowledgement()
                acknowledgement.messageID = PublicKey(id)
                let to = fault == .acknowledgesToItself ? me : author
                send(self.message(to: to, ApplicationKind.acknowledgementType, form.bytes(acknowledgement)), &out)
            }
            if isNew { deliver(reliable.payload?.swarmMessage, author, link, &out) }
        } else {
            deliver(payload.swarmMessage, author, link, &out)
        }
    }
    /// Tells what came, and answers an offer.
    private mutating func deliver(
        _ swarm: SwarmMessage?, _ author: [UInt8], _ link: LinkID, _ out: inout [Action]
    ) {
        out.append(.report(Event("message", link, [.init("author", .bytes(author))])))
        guard let swarm, swarm.data?.offer != nil else { return }
        var answer = Answer()
        (answer.accept, answer.offerMessageID) = (true, swarm.messageID)
        var data = MessageData()
        data.answer = answer
        var reply = SwarmMessage()
        (reply.topic, reply.sessionID, reply.data) = (swarm.topic, swarm.sessionID, data)
        send(message(to: author, ApplicationKind.swarmMessageType, form.bytes(reply)), &out)
    }

    // What its own side tells it

    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        let words = Value.map(arguments)
        switch name {
        case "join":
            guard let swarm = Self.bytes(words["swarm"]) else { return nil }
            let wish = Wish.join(swarm)
            guard !wishes.contains(wish) else { return .bool(false) }
            wishes.append(wish)
            for link in links.keys.sorted() { ask(wish, link, &out) }
        case "leave":
            guard let swarm = Self.bytes(words["swarm"]) else { return nil }
            wishes.removeAll { $0 == .join(swarm) }
            for link in links.keys.sorted() {
                for (id, wish) in links[link]?.streams ?? [:] where wish == .join(swarm) {
                    links[link]?.streams[id] = nil
                    var content = StreamCloseContent()
                    if id != 0 { content.id = id }
                    var close = StreamClose()
                    close.streamClose = content
                    out.append(.send(link, form.bytes(close)))
                }
            }
        case "send":
            guard let to = Self.bytes(words["to"]) else { return nil }
            var type = "dxos.Example"
            if case .text(let text)? = words["type_url"] { type = text }
            let value = Self.bytes(words["value"]) ?? []
            let id = random.bytes(32)
            var inner = ReliableContent()
            inner.typeURL = Text(type)
            if !value.isEmpty { inner.value = Bytes(value) }
            var reliable = ReliablePayload()
            (reliable.messageID, reliable.payload) = (PublicKey(id), inner)
            let message = message(to: to, ApplicationKind.reliableType, form.bytes(reliable))
            outbox.add(id, message, now, isLate: fault == .repeatsLate)
            send(message, &out)
        case "key": return .bytes(me)
        default: return nil
        }
        return .bool(true)
    }
    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        question == "key" ? .bytes(me) : nil
    }
    private static func bytes(_ value: Value?) -> [UInt8]? { value.flatMap { Bytes($0)?.array() } }
    static let controls = [
        NodeControl(asks: "key", "the key of this peer", columns: []),
        NodeControl(tells: "join", "joins a swarm", .one("swarm")),
        NodeControl(tells: "leave", "leaves a swarm", .one("swarm")),
        NodeControl(
            tells: "send", "sends a message reliably", .one("to"),
            details: [
                Named("type_url", "type of what is in it (dxos.Example)"), Named("value", "its bytes (none)"),
            ], outcomes: ["not_delivered"]),
    ]
}
