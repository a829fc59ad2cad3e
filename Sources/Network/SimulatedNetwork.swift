public import Node

/// A network of connections in one process under virtual time. Waiting costs nothing, and one seed gives one history.
///
/// Streams arrive complete and in order. Each piece has a delay of 50 to 250 microseconds drawn from the seed.
/// Datagrams have such a delay each, so that they overtake each other. None is lost unless `conditions` have a loss. A
/// datagram without a receiver is dropped silently, and no link ends because of it.
public final class SimulatedNetwork: Network {
    /// The virtual time, which only `poll` changes.
    public private(set) var now = Instant.zero
    public var beginning: Int64 { NodeOptions.virtualDate }
    /// True.
    public var isVirtual: Bool { true }
    var random: Random
    var events = Heap<Event>()
    var sequence: UInt64 = 0
    var listeners: [Endpoint: ListenerID] = [:]
    /// The address of each listener.
    var places: [ListenerID: (endpoint: Endpoint, transport: Transport)] = [:]
    /// The number of listeners on each port, on any address.
    var ports: [UInt16: Int] = [:]
    var links: [LinkID: Link] = [:]
    /// The links that have failed or were replaced, which is not reported yet.
    var refused: Set<LinkID> = []
    /// The UDP sockets by their addresses.
    var datagramSockets: [Endpoint: SimulatedDatagramSocket] = [:]
    var datagramLinks: [LinkID: SimulatedDatagramLink] = [:]
    /// The maximum number of peers of each listening UDP socket.
    var maximumPeers = Datagram.maximumPeers
    /// The conditions for datagrams that are sent from now on.
    public var conditions = DatagramConditions()
    /// A closure that is called for each datagram when it is sent, also if it is lost. It is called only once for a
    /// duplicated datagram.
    public var onDatagram: ((_ from: Endpoint, _ to: Endpoint, _ bytes: RawSpan) -> Void)?
    var lastLink: UInt64 = 0
    var lastListener: UInt64 = 0
    var lastPort: UInt16 = 32767

    /// One end of a connection.
    struct Link {
        var other: LinkID
        /// The arrival time of the last piece towards this end, which later pieces may not overtake.
        var latest: Instant
        /// True if it sends no more.
        var hasEndedSending = false
    }
    enum What {
        case arrive(LinkID, LinkID, Endpoint, ListenerID)
        case opened(LinkID, Endpoint)
        /// A link over UDP that was replaced by another one.
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

    /// Creates an empty network whose delays are drawn from the seed.
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
    /// Returns the next free port of the upper half; nil if all are in use.
    func newPort() -> UInt16? {
        for _ in 32768...65535 {
            lastPort = lastPort == .max ? 32768 : lastPort + 1
            if ports[lastPort] == nil { return lastPort }
        }
        return nil
    }

    /// Accepts connections. Throws if the address is already in use.
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
    /// Refuses connections from now on, including those on their way. A UDP socket is closed with its last link.
    public func stopListening(_ listener: ListenerID) {
        guard let (at, transport) = places.removeValue(forKey: listener) else { return }
        if transport == .udp { return stopDatagrams(at) }
        listeners[at] = nil
        giveBack(at.port)
    }
    /// Begins to connect. Both ends are informed after one delay. Over UDP the link is open at once.
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
        // A port of the dialing side may serve several connections if all ports are in use.
        if local?.port ?? 0 == 0 { from.port = newPort() ?? lastPort }
        schedule(at, .arrive(there, here, from, listener))
        schedule(at, .opened(here, to))
        return here
    }
    /// Sends one piece. It arrives as a whole, and in a stream after the pieces before it.
    public func send(_ bytes: [UInt8], on link: LinkID) {
        if let l = datagramLinks[link] { return send(bytes, on: link, l) }
        guard !bytes.isEmpty, links[link]?.hasEndedSending == false, let at = arrival(from: link) else { return }
        schedule(at.1, .bytes(at.0, bytes))
    }
    /// Returns the other end of a link, and the arrival time of a piece sent now.
    func arrival(from link: LinkID) -> (LinkID, Instant)? {
        guard let other = links[link]?.other, let latest = links[other]?.latest else { return nil }
        let at = max(latest, now + delay())
        links[other]?.latest = at
        return (other, at)
    }
    /// Ends a link. The other end sees the end after all sent bytes.
    public func close(_ link: LinkID, reset: Bool) {
        refused.remove(link)
        if let l = datagramLinks[link] { return forget(link, l) }
        if let (other, at) = arrival(from: link) { schedule(at, .end(other, reset ? .reset : .closed)) }
        links[link] = nil
    }
    /// Ends the sending direction. The other end sees it after all sent bytes and closes its own side, like one on
    /// sockets.
    public func endSending(on link: LinkID) {
        guard links[link]?.hasEndedSending == false, let (other, at) = arrival(from: link) else { return }
        links[link]?.hasEndedSending = true
        schedule(at, .endSending(other))
    }
    /// Always 0: this network drops no datagrams for lack of reading.
    public var lostDatagrams: Int { 0 }
    public func lostDatagrams(at address: Endpoint) -> Int { 0 }
    /// Returns nil, because addresses of a simulation have no meaning outside of it.
    public func ends(of link: LinkID) -> (local: Endpoint, peer: Endpoint)? { nil }
    /// Handles one event, or moves the time to the deadline if no event is due before it.
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
                // The listener stopped while the connection was on its way.
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
        case .datagram(let from, let to, let bytes): deliver(bytes.span.bytes, from: from, to: to, client)
        }
    }
}

extension Endpoint {
    /// The endpoint at which a connection to this one arrives. The unspecified address means this machine, as on Linux.
    var reached: Endpoint {
        guard isUnspecified else { return self }
        return v4 != nil ? .loopback(port) : Endpoint(high: 0, low: 1, port: port)
    }
}
