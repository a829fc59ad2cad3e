public import Node

/// Connections in one process under virtual time: waiting costs nothing, and one seed gives one history.
///
/// Streams arrive whole and in order, each piece after a delay of 50 to 250 microseconds drawn from the seed. Datagrams
/// have such a delay each, so that they overtake one another; none is lost, unless `conditions` say otherwise, except
/// one that goes to nobody, and that silently: no link ends for it.
public final class SimulatedNetwork: Network {
    /// Virtual time; moves in `poll` only.
    public private(set) var now = Instant.zero
    public var beginning: Int64 { NodeOptions.virtualDate }
    var random: Random
    var events = Heap<Event>()
    var sequence: UInt64 = 0
    var listeners: [Endpoint: ListenerID] = [:]
    /// Where each listener is.
    var places: [ListenerID: (endpoint: Endpoint, transport: Transport)] = [:]
    /// Listeners on each port, whatever the address.
    var ports: [UInt16: Int] = [:]
    var links: [LinkID: Link] = [:]
    /// Links that have failed or had to go for others, which is not told yet.
    var refused: Set<LinkID> = []
    /// UDP sockets by their addresses.
    var datagramSockets: [Endpoint: SimulatedDatagramSocket] = [:]
    var datagramLinks: [LinkID: SimulatedDatagramLink] = [:]
    /// Peers that each UDP socket remembers that is listened on.
    var maximumPeers = Datagram.maximumPeers
    /// What befalls datagrams that are sent from now on.
    public var conditions = DatagramConditions()
    /// Called for each datagram when it is sent, also for those that are lost; once for one that arrives twice.
    public var onDatagram: ((_ from: Endpoint, _ to: Endpoint, _ bytes: RawSpan) -> Void)?
    var lastLink: UInt64 = 0
    var lastListener: UInt64 = 0
    var lastPort: UInt16 = 32767

    /// One end of a connection.
    struct Link {
        var other: LinkID
        /// When the last piece towards this end arrives: later ones may not overtake it.
        var latest: Instant
        /// It sends no more.
        var hasEndedSending = false
    }
    enum What {
        case arrive(LinkID, LinkID, Endpoint, ListenerID)
        case opened(LinkID, Endpoint)
        /// A link over UDP that had to go for another one.
        case displaced(LinkID)
        case bytes(LinkID, [UInt8])
        case end(LinkID, Ending)
        /// The other end sends no more.
        case endSending(LinkID)
        case fail(LinkID, NetworkError)
        case datagram(from: Endpoint, to: Endpoint, [UInt8])
    }
    struct Event: Comparable {
        var at: Instant
        var sequence: UInt64
        var what: What
        static func < (a: Self, b: Self) -> Bool { (a.at, a.sequence) < (b.at, b.sequence) }
        static func == (a: Self, b: Self) -> Bool { a.sequence == b.sequence }
    }

    /// An empty network whose delays come from the seed.
    public init(seed: UInt64) { random = Random(seed: seed, "simulated network") }

    func schedule(_ at: Instant, _ what: What) {
        sequence += 1
        events.insert(Event(at: at, sequence: sequence, what: what))
    }
    func delay() -> Duration { .nanoseconds(50_000 + Int64(random.next() % 200_000)) }
    func newLink() -> LinkID {
        lastLink += 1
        return LinkID(lastLink)
    }
    /// The next port of the upper half that nobody listens on; nil when all are taken.
    func newPort() -> UInt16? {
        for _ in 32768...65535 {
            lastPort = lastPort == .max ? 32768 : lastPort + 1
            if ports[lastPort] == nil { return lastPort }
        }
        return nil
    }

    /// Accepts connections; refused when the address is taken already.
    public func listen(
        _ at: Endpoint, _ transport: Transport
    ) throws(NetworkError) -> (id: ListenerID, bound: Endpoint) {
        var bound = at
        if bound.port == 0 {
            guard let port = newPort() else { throw NetworkError("listen on", at.description, "no port is free") }
            bound.port = port
        }
        let isTaken = transport == .tcp ? listeners[bound] != nil : datagramSockets[bound] != nil
        if isTaken { throw NetworkError("listen on", bound.description, "address in use") }
        lastListener += 1
        let id = ListenerID(lastListener)
        take(bound.port)
        places[id] = (bound, transport)
        switch transport {
        case .tcp: listeners[bound] = id
        case .udp:
            datagramSockets[bound] = SimulatedDatagramSocket(listener: id, peers: PeerTable(limit: maximumPeers))
        }
        return (id, bound)
    }
    func take(_ port: UInt16) { ports[port, default: 0] += 1 }
    func giveBack(_ port: UInt16) {
        let left = (ports[port] ?? 1) - 1
        ports[port] = left > 0 ? left : nil
    }
    /// Refuses connections from now on, those on their way among them. A UDP socket goes with its last link.
    public func stopListening(_ listener: ListenerID) {
        guard let (at, transport) = places.removeValue(forKey: listener) else { return }
        if transport == .udp { return stopDatagrams(at) }
        listeners[at] = nil
        giveBack(at.port)
    }
    /// Begins to connect; one delay later both ends know. Over UDP the link stands at once.
    public func dial(
        _ to: Endpoint, _ transport: Transport, from listening: [ListenerID], at local: Endpoint?
    ) -> LinkID {
        if transport == .udp { return dialDatagrams(to, from: listening, at: local) }
        let here = newLink()
        let there = newLink()
        let at = now + delay()
        guard let listener = listeners[to.reached] else {
            refused.insert(here)
            schedule(at, .fail(here, NetworkError("connect to", to.description, "nobody listens there")))
            return here
        }
        links[here] = Link(other: there, latest: at)
        links[there] = Link(other: here, latest: at)
        var from = local ?? to
        // A port of the dialing side may serve several connections when all are listened on.
        if local?.port ?? 0 == 0 { from.port = newPort() ?? lastPort }
        schedule(at, .arrive(there, here, from, listener))
        schedule(at, .opened(here, to))
        return here
    }
    /// Sends one piece, which arrives whole and, in a stream, behind those before it.
    public func send(_ bytes: [UInt8], on link: LinkID) {
        if let l = datagramLinks[link] { return send(bytes, on: link, l) }
        guard !bytes.isEmpty, links[link]?.hasEndedSending == false, let at = arrival(from: link) else { return }
        schedule(at.1, .bytes(at.0, bytes))
    }
    /// The other end of a link, and when something sent now is there.
    func arrival(from link: LinkID) -> (LinkID, Instant)? {
        guard let other = links[link]?.other, let latest = links[other]?.latest else { return nil }
        let at = max(latest, now + delay())
        links[other]?.latest = at
        return (other, at)
    }
    /// Ends a link; the other end hears of it behind what was sent.
    public func close(_ link: LinkID, reset: Bool) {
        refused.remove(link)
        if let l = datagramLinks[link] { return forget(link, l) }
        if let (other, at) = arrival(from: link) { schedule(at, .end(other, reset ? .reset : .closed)) }
        links[link] = nil
    }
    /// The other end hears of it behind what was sent, and closes its own side, as one on sockets does.
    public func endSending(on link: LinkID) {
        guard links[link]?.hasEndedSending == false, let (other, at) = arrival(from: link) else { return }
        links[link]?.hasEndedSending = true
        schedule(at, .endSending(other))
    }
    /// None is lost here.
    public var lostDatagrams: Int { 0 }
    public func lostDatagrams(at address: Endpoint) -> Int { 0 }
    /// Addresses of a simulation are nobody's: none.
    public func ends(of link: LinkID) -> (local: Endpoint, peer: Endpoint)? { nil }
    /// Takes one event, or moves the time to the deadline when none comes before it.
    public func poll(until deadline: Instant, _ client: any NetworkClient) {
        guard let next = events.first, next.at <= deadline else {
            now = max(now, deadline)
            return
        }
        _ = events.removeFirst()
        now = max(now, next.at)
        switch next.what {
        case .arrive(let link, let from, let peer, let listener):
            guard links[link] != nil else { return }
            guard places[listener] != nil else {
                // It stopped listening while the connection was on its way.
                links[link] = nil
                schedule(now, .end(from, .reset))
                return
            }
            client.opened(link, peer: peer, through: listener)
        case .displaced(let link): if refused.remove(link) != nil { client.ended(link, .closed) }
        case .opened(let link, let peer):
            if links[link] != nil || datagramLinks[link] != nil { client.opened(link, peer: peer, through: nil) }
        case .bytes(let link, let bytes): if links[link] != nil { client.received(bytes.span.bytes, on: link) }
        case .endSending(let link):
            guard links[link] != nil else { return }
            close(link, reset: false)
            client.ended(link, .closed)
        case .end(let link, let ending): if links.removeValue(forKey: link) != nil { client.ended(link, ending) }
        case .fail(let link, let error): if refused.remove(link) != nil { client.failed(link, error) }
        case .datagram(let from, let to, let bytes): deliver(bytes.span.bytes, from, to, client)
        }
    }
}

extension Endpoint {
    /// Where a connection to this endpoint ends up: the unspecified address is this machine, as on Linux.
    var reached: Endpoint {
        guard isUnspecified else { return self }
        return v4 != nil ? .loopback(port) : Endpoint(high: 0, low: 1, port: port)
    }
}
