import Node
import Wire

/// A peer at signal servers. It joins the swarms that its commands name, receives its messages, answers offers, and
/// sends messages reliably. It is above the layers, like `SignalServer`.
struct SignalClient: Node {
    /// A stream that the client keeps open: a swarm, or the messages to this peer.
    enum Wish: Hashable, Sendable {
        case join([UInt8])
        case receive
    }
    struct Link: Sendable {
        var peer: Endpoint
        /// The next request id; a new connection starts at 0 again.
        var nextID: Int32 = 0
        var streams: [Int32: Wish] = [:]
        /// The members of the swarms, by the id of the Join stream.
        var members: [Int32: Set<[UInt8]>] = [:]
        /// The unanswered calls.
        var pending: [Int32: PendingCall] = [:]
        /// The handshake while `dxos.open` is not confirmed; until then the client sends no calls.
        var opening: Handshake?
        /// The time of the next `__ping__`.
        var ping: Instant?

        var deadline: Instant? { ([opening?.next, ping].compactMap { $0 } + pending.values.map(\.end)).min() }
        /// Removes a stream that has ended.
        mutating func end(_ id: Int32) { (streams[id], members[id]) = (nil, nil) }
    }
    /// A call without an answer.
    struct PendingCall: Sendable {
        var method: Method
        /// The time limit for the answer.
        var end: Instant
        /// The id of the reliable message that it sends; nil for another call.
        var reliable: [UInt8]?
    }
    /// Numbers of messages since the start, for the operator.
    struct Counters: Sendable {
        var (delivered, notDelivered, received): (UInt64, UInt64, UInt64) = (0, 0, 0)
    }
    let parameters: NodeParameters
    let form: WireForm
    let servers: [Endpoint]
    let me: [UInt8]
    private var random: Random
    private(set) var wishes: [Wish] = [.receive]
    var links: [LinkID: Link] = [:]
    private(set) var redials: Redials
    var counters = Counters()
    var outbox: ReliableOutbox
    var inbox = ReliableInbox()
    /// The tickets of commands that sent messages, by message id.
    private var tickets: [[UInt8]: Value] = [:]

    init(_ options: NodeOptions) {
        parameters = NodeParameters(options.settings)
        form = WireForm(parameters)
        servers = options.peers
        redials = Redials(first: form.build.reconnect)
        outbox = ReliableOutbox(first: form.build.resend)
        var random = options.random
        let key = random.bytes(32)
        me = options.identity ?? key
        self.random = random
    }
    var deadline: Instant? {
        ([outbox.deadline, redials.deadline] + links.values.map(\.deadline)).compactMap { $0 }.min()
    }
    mutating func start(now: Instant, _ out: inout [Action]) {
        out.append(.report(Event("peer", nil, [.init("key", .bytes(me))])))
        for server in servers { out.append(.connect(server)) }
    }

    // Connections

    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        guard opener == .us else { return out.append(.close(link)) }
        redials.stands(peer)
        var fresh = Link(peer: peer)
        if form.build.keepsAlive { fresh.ping = now + Limits.keepalive }
        if parameters.handshake {
            fresh.opening = Handshake(now)
            out.append(.send(link, form.opening))
        }
        links[link] = fresh
        if !parameters.handshake { begin(link, now, &out) }
    }
    /// Joins swarms first, then requests messages (signal-client.ts).
    mutating func begin(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        for wish in wishes where wish != .receive { ask(wish, on: link, at: now, into: &out) }
        ask(.receive, on: link, at: now, into: &out)
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) { _ = forget(link, now, &out) }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) { redials.lost(peer, now) }
    /// Ends a connection, which the client opens again later.
    mutating func hangUp(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        if forget(link, now, &out) { out.append(.close(link)) }
    }
    /// Returns false if the connection does not exist.
    private mutating func forget(_ link: LinkID, _ now: Instant, _ out: inout [Action]) -> Bool {
        failCalls(link, &out) { _ in true }
        guard let gone = links.removeValue(forKey: link) else { return false }
        redials.lost(gone.peer, now)
        return true
    }
    mutating func wake(now: Instant, _ out: inout [Action]) {
        for peer in redials.due(now) { out.append(.connect(peer)) }
        for link in links.keys.sorted() { wake(link, now, &out) }
        let due = outbox.wake(now)
        for id in due.again { sendReliably(id, now, &out) }
        for (id, entry) in due.failed { giveUp(id, entry, &out) }
    }
    /// Reports that a message was not acknowledged in time, with the most likely reason.
    private mutating func giveUp(_ id: [UInt8], _ entry: ReliableOutbox.Entry, _ out: inout [Action]) {
        let seconds = ReliableOutbox.patience.components.seconds
        let cause =
            if let refusal = entry.refusal {
                "the server refused it: \(refusal)"
            } else if entry.copies == 0 {
                "there was no connection to a server"
            } else {
                "\(entry.copies) \(entry.copies == 1 ? "copy was" : "copies were") sent"
            }
        let reason = "the recipient did not acknowledge the message within \(seconds) s; \(cause)"
        out.append(
            .report(
                outcome(
                    Self.notDelivered, of: id,
                    [.init("reason", .text(reason)), .init("timeout", .uint(UInt64(seconds)))])))
    }
    /// Returns the event for the end of a reliable message. It has the ticket of the command that sent the message.
    mutating func outcome(_ name: String, of id: [UInt8], _ details: [Value.Entry]) -> Event {
        if name == Self.delivered { counters.delivered += 1 } else { counters.notDelivered += 1 }
        let ticket = tickets.removeValue(forKey: id).map { [Value.Entry("ticket", $0)] } ?? []
        return Event(name, nil, [.init("message_id", .bytes(id))] + details + ticket)
    }
    private mutating func wake(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        failCalls(link, &out) { $0 <= now }
        if let ping = links[link]?.ping, ping <= now {
            let next = ping + Limits.keepalive
            links[link]?.ping = next
            out.append(.send(link, form.bytes(Keepalive())))
        }
        guard links[link]?.opening != nil else { return }
        switch links[link]?.opening?.isDue(now) {
        case true?: out.append(.send(link, form.opening))
        case nil: hangUp(link, now, &out)
        default: break
        }
    }

    // Commands of its own side

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
            for link in links.keys.sorted() where links[link]?.opening == nil {
                ask(wish, on: link, at: now, into: &out)
            }
        case "leave":
            guard let swarm = Self.bytes(words["swarm"]) else { return nil }
            wishes.removeAll { $0 == .join(swarm) }
            for link in links.keys.sorted() {
                for (id, wish) in links[link]?.streams ?? [:] where wish == .join(swarm) {
                    links[link]?.end(id)
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
            tickets[id] = words["ticket"]
            let size = form.bytes(message).count
            guard size <= parameters.limit else {
                let reason = Refusal.tooLarge(bytes: size, limit: parameters.limit).text
                out.append(.report(outcome(Self.notDelivered, of: id, [.init("reason", .text(reason))])))
                return .bool(false)
            }
            outbox.add(id, message, now)
            sendReliably(id, now, &out)
        default: return answer(name, arguments, now: now)
        }
        return .bool(true)
    }
    private static func bytes(_ value: Value?) -> [UInt8]? { value.flatMap { Bytes($0)?.array() } }
    /// The events that report the result of `send`.
    static let delivered = "delivered"
    private static let notDelivered = "not_delivered"
    static let controls = [
        ofClient(NodeControl(tells: "join", "joins a swarm", .one("swarm"))),
        ofClient(NodeControl(tells: "leave", "leaves a swarm", .one("swarm"))),
        ofClient(
            NodeControl(
                tells: "send", "sends a message until the recipient acknowledges it, for 10 s at most", .one("to"),
                details: [
                    Named("type_url", "type of its content (dxos.Example)"), Named("value", "its bytes (none)"),
                ], outcomes: [delivered, notDelivered], columns: ["message_id"])),
    ]
    private static func ofClient(_ control: NodeControl) -> NodeControl {
        var control = control
        control.form = "the node must be a client, and keys and values are 0x and hexadecimal digits"
        return control
    }
}
