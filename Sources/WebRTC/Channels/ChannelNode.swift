public import Node
internal import Wire

/// A node that opens data channels for another node: any number of connections over one UDP socket.
///
/// A STUN request belongs to the connection whose user name it has, an answer to the connection that asked, any other
/// datagram to the connection that knows its address. Datagrams of others are ignored, and their links are closed.
public struct ChannelNode: ChannelCarrier {
    /// The maximum number of connections.
    public static let maximumConnections = 1_024
    /// The maximum number of datagrams that wait until the network has opened the link to an address.
    private static let maximumWaiting = 64

    private struct Timer: Comparable {
        var at: Instant
        var number: UInt64
        static func < (a: Self, b: Self) -> Bool { (a.at, a.number) < (b.at, b.number) }
    }
    private struct Connection {
        var peer: PeerConnection
        /// The deadline of its valid timer.
        var due: Instant?
    }
    private let options: PeerConnection.Options
    private let secrets: Secrets?
    private var random: Random
    private var connections: [UInt64: Connection] = [:]
    private var ufrags: [String: UInt64] = [:]
    private var owners: [Endpoint: UInt64] = [:]
    private var links: [Endpoint: LinkID] = [:]
    private var endpoints: [LinkID: Endpoint] = [:]
    private var waiting: [Endpoint: [[UInt8]]] = [:]
    private var timers = Heap<Timer>()
    private var events: [ChannelEvent] = []

    /// Creates a node. The hosts of `options` are the addresses of its socket. It adds the keys of all connections to
    /// `secrets`.
    public init(_ options: PeerConnection.Options, _ random: Random, secrets: Secrets? = nil) {
        (self.options, self.random, self.secrets) = (options, random, secrets)
    }
    public var deadline: Instant? { timers.first?.at }
    public mutating func takeChannelEvents() -> [ChannelEvent] {
        defer { events = [] }
        return events
    }

    // MARK: - Requests

    public mutating func carry(_ call: ChannelCall, now: Instant, _ out: inout [Action]) {
        switch call {
        case .offer(let number, let label):
            guard begin(number, offers: true, now) else { return }
            _ = connections[number]?.peer.open(label, now: now)
            if let text = connections[number]?.peer.description?.text { events.append(.signal(number, .offer(text))) }
            settle(number, now, &out)
        case .signal(let number, let signal): take(signal, of: number, now, &out)
        case .send(let number, let bytes, let isText):
            do throws(ChannelError) {
                try connections[number]?.peer.send(bytes, isText: isText, on: 0, now: now)
            } catch {
                out.append(Self.report("channel_dropped", number, [.init("why", .text(error.description))]))
            }
            settle(number, now, &out)
        case .end(let number):
            connections[number]?.peer.end(now: now)
            settle(number, now, &out)
            events.removeAll { $0.connection == number }
        }
    }
    private mutating func begin(_ number: UInt64, offers: Bool, _ now: Instant) -> Bool {
        guard connections[number] == nil else { return false }
        guard connections.count < Self.maximumConnections else {
            events.append(.ended(number, "there are \(Self.maximumConnections) connections"))
            return false
        }
        let peer = PeerConnection(offers: offers, options, Random(seed: random.next()), now: now)
        ufrags[peer.ufrag] = number
        connections[number] = Connection(peer: peer)
        return true
    }
    private mutating func take(
        _ signal: ChannelSignal, of number: UInt64, _ now: Instant, _ out: inout [Action]
    ) {
        do throws(SDPError) {
            switch signal {
            case .offer(let text):
                let offer = try SessionDescription(text, as: .offer)
                guard begin(number, offers: false, now) else { return }
                try connections[number]?.peer.take(offer, now: now)
                if let text = connections[number]?.peer.description?.text {
                    events.append(.signal(number, .answer(text)))
                }
            case .answer(let text):
                try connections[number]?.peer.take(try SessionDescription(text, as: .answer), now: now)
            case .candidate(let text, _): try connections[number]?.peer.take(candidate: text, now: now)
            }
        } catch {
            out.append(Self.report("channel_signal_refused", number, [.init("why", .text(error.description))]))
            // A connection without descriptions cannot be opened.
            if case .candidate = signal {
            } else if connections[number]?.peer.remote == nil {
                events.append(.ended(number, error.description))
                forget(number)
            }
        }
        settle(number, now, &out)
    }
    private static func report(_ name: String, _ number: UInt64, _ details: [Value.Entry]) -> Action {
        .report(Event(name, nil, [.init("connection", .uint(number))] + details))
    }

    // MARK: - Datagrams

    public mutating func start(now: Instant, _ out: inout [Action]) {}
    public mutating func opened(
        _ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {
        (links[peer], endpoints[link]) = (link, peer)
        for bytes in waiting.removeValue(forKey: peer) ?? [] { out.append(.send(link, bytes)) }
    }
    public mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let from = endpoints[link] else { return }
        guard let number = owner(of: bytes, from) else {
            if owners[from] == nil { close(link, from, &out) }
            return
        }
        connections[number]?.peer.receive(bytes, from: from, now: now)
        // A signed request, or an answer to a request of ours, gives an address to a connection.
        if connections[number]?.peer.accepts(from) == true { owners[from] = number }
        let isKnown = owners[from] != nil || connections.values.contains { $0.peer.knows(from) }
        settle(number, now, &out)
        if !isKnown { close(link, from, &out) }
    }
    private func owner(of bytes: RawSpan, _ from: Endpoint) -> UInt64? {
        guard STUNMessage.isMessage(bytes) else { return owners[from] }
        var message = STUNMessage()
        guard message.read(borrowing: bytes) else { return nil }
        if message.type == .bindingRequest {
            let user = message[.username]?.text?.string(in: bytes) ?? ""
            return ufrags[String(user.prefix { $0 != ":" })]
        }
        if let owner = owners[from] { return owner }
        // Several connections may have asked the same STUN server.
        return connections.first { $0.value.peer.knows(from) && $0.value.peer.awaits(message.transaction) }?.key
    }
    private mutating func close(_ link: LinkID, _ peer: Endpoint, _ out: inout [Action]) {
        (links[peer], endpoints[link]) = (nil, nil)
        out.append(.close(link))
    }
    public mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        if let peer = endpoints.removeValue(forKey: link) { links[peer] = nil }
    }
    public mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) { waiting[peer] = nil }
    public mutating func wake(now: Instant, _ out: inout [Action]) {
        while let timer = timers.first, timer.at <= now {
            _ = timers.removeFirst()
            guard connections[timer.number]?.due == timer.at else { continue }
            connections[timer.number]?.due = nil
            connections[timer.number]?.peer.wake(now: now)
            settle(timer.number, now, &out)
        }
    }

    // MARK: - Results

    /// Sends the datagrams of a connection and passes its events on.
    private mutating func settle(_ number: UInt64, _ now: Instant, _ out: inout [Action]) {
        guard let datagrams = connections[number]?.peer.takeDatagrams(),
            let all = connections[number]?.peer.takeEvents()
        else { return }
        for (to, bytes) in datagrams { send(bytes, to: to, &out) }
        for event in all { take(event, of: number, now, &out) }
        if connections[number]?.peer.isEnded != false {
            for (to, bytes) in connections[number]?.peer.takeDatagrams() ?? [] { send(bytes, to: to, &out) }
            return forget(number, &out)
        }
        let due = connections[number]?.peer.deadline
        guard due != connections[number]?.due else { return }
        connections[number]?.due = due
        guard let due else { return }
        timers.insert(Timer(at: due, number: number))
        guard timers.count > 4 * connections.count + 64 else { return }
        timers = Heap()
        for (number, one) in connections { if let at = one.due { timers.insert(Timer(at: at, number: number)) } }
    }
    private mutating func send(_ bytes: [UInt8], to: Endpoint, _ out: inout [Action]) {
        if let link = links[to] { return out.append(.send(link, bytes)) }
        if waiting[to] == nil { out.append(.connect(to)) }
        if waiting[to, default: []].count < Self.maximumWaiting { waiting[to, default: []].append(bytes) }
    }
    private mutating func take(
        _ event: PeerConnection.Event, of number: UInt64, _ now: Instant, _ out: inout [Action]
    ) {
        switch event {
        case .candidate(let text):
            let mid = connections[number]?.peer.description?.mid ?? "0"
            events.append(.signal(number, .candidate(text, mid: mid)))
        case .secret(let line): note(line)
        case .connected(let path):
            out.append(Self.report("channel_path", number, [.init("peer", .text(path.description))]))
        case .secured(let suite): out.append(Self.report("channel_secured", number, [.init("suite", .text(suite))]))
        case .opened(0, let label, let subprotocol, let delivery, let opener):
            var open = OpenChannel(label: label)
            (open.subprotocol, open.isOrdered, open.opener) = (subprotocol, delivery.isOrdered, opener)
            open.isReliable = delivery.reliability == .reliable
            events.append(.opened(number, open))
        case .opened(let channel, _, _, _, _): connections[number]?.peer.close(channel, now: now)
        case .message(0, let bytes, let isText): events.append(.message(number, bytes, isText: isText))
        case .message: break
        case .closed(0):
            events.append(.ended(number, "the other side closed the channel"))
            connections[number]?.peer.end(now: now)
        case .closed: break
        case .ignored(let why): out.append(Self.report("channel_ignored", number, [.init("why", .text(why))]))
        case .ended(let why): events.append(.ended(number, why))
        }
    }
    private func note(_ line: String) {
        guard let secrets else { return }
        var log = KeyLog("OpenSSL")
        log.read(line.utf8, into: secrets)
        log.finish(into: secrets)
    }
    private mutating func forget(_ number: UInt64, _ out: inout [Action]) {
        let addresses = connections[number]?.peer.addresses ?? []
        forget(number)
        // An address that never answered has no owner, but may be a candidate of several connections.
        for peer in addresses where owners[peer] == nil && !connections.values.contains(where: { $0.peer.knows(peer) })
        {
            waiting[peer] = nil
            if let link = links[peer] { close(link, peer, &out) }
        }
    }
    private mutating func forget(_ number: UInt64) {
        if let peer = connections.removeValue(forKey: number)?.peer { ufrags[peer.ufrag] = nil }
        owners = owners.filter { $0.value != number }
    }
}
