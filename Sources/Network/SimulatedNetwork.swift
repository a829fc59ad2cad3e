public import Node

/// Connections in one process under virtual time: waiting costs nothing, and one seed gives one history.
///
/// Streams arrive whole and in order, each piece after a delay of 50 to 250 microseconds drawn from the seed.
public final class SimulatedNetwork: Network {
    public private(set) var now = Instant.zero
    var random: Random
    var events = Heap<Event>()
    var sequence: UInt64 = 0
    var listeners: [Endpoint: ListenerID] = [:]
    var links: [LinkID: Link] = [:]
    var lastLink: UInt64 = 0
    var lastListener: UInt64 = 0
    var lastPort: UInt16 = 32767

    /// One end of a connection.
    struct Link {
        var other: LinkID
        /// When the last piece towards this end arrives: later ones may not overtake it.
        var latest: Instant
    }
    enum What {
        case arrive(LinkID, LinkID, Endpoint, ListenerID)
        case opened(LinkID, Endpoint)
        case bytes(LinkID, [UInt8])
        case end(LinkID, Ending)
        case refuse(LinkID, Endpoint)
    }
    struct Event: Comparable {
        var at: Instant
        var sequence: UInt64
        var what: What
        static func < (a: Self, b: Self) -> Bool { (a.at, a.sequence) < (b.at, b.sequence) }
        static func == (a: Self, b: Self) -> Bool { a.sequence == b.sequence }
    }

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
    func newPort() -> UInt16 {
        repeat { lastPort = lastPort == .max ? 32768 : lastPort + 1 } while listeners.keys.contains { $0.port == lastPort }
        return lastPort
    }

    public func listen(_ at: Endpoint) throws(NetworkError) -> (id: ListenerID, bound: Endpoint) {
        var bound = at
        if bound.port == 0 { bound.port = newPort() }
        guard listeners[bound] == nil else { throw NetworkError("listen on", bound.description, "address in use") }
        lastListener += 1
        let id = ListenerID(lastListener)
        listeners[bound] = id
        return (id, bound)
    }
    public func stopListening(_ listener: ListenerID) {
        for (at, id) in listeners where id == listener { listeners[at] = nil }
    }
    public func dial(_ to: Endpoint) -> LinkID {
        let here = newLink()
        let there = newLink()
        let at = now + delay()
        guard let listener = listeners[to] else {
            schedule(at, .refuse(here, to))
            return here
        }
        links[here] = Link(other: there, latest: at)
        links[there] = Link(other: here, latest: at)
        var from = to
        from.port = newPort()
        schedule(at, .arrive(there, here, from, listener))
        schedule(at, .opened(here, to))
        return here
    }
    public func send(_ bytes: [UInt8], on link: LinkID) {
        guard !bytes.isEmpty, let at = arrival(from: link) else { return }
        schedule(at.1, .bytes(at.0, bytes))
    }
    /// The other end of a link, and when something sent now is there.
    func arrival(from link: LinkID) -> (LinkID, Instant)? {
        guard let other = links[link]?.other, let latest = links[other]?.latest else { return nil }
        let at = max(latest, now + delay())
        links[other]?.latest = at
        return (other, at)
    }
    public func close(_ link: LinkID, reset: Bool) {
        if let (other, at) = arrival(from: link) { schedule(at, .end(other, reset ? .reset : .closed)) }
        links[link] = nil
    }
    public func poll(until deadline: Instant, _ client: some NetworkClient) {
        guard let next = events.first, next.at <= deadline else {
            now = max(now, deadline)
            return
        }
        _ = events.removeFirst()
        now = max(now, next.at)
        switch next.what {
        case .arrive(let link, let from, let peer, let listener):
            guard links[link] != nil else { return }
            guard listeners.values.contains(listener) else {
                // It stopped listening while the connection was on its way.
                links[link] = nil
                schedule(now, .end(from, .reset))
                return
            }
            client.opened(link, peer: peer, through: listener)
        case .opened(let link, let peer): if links[link] != nil { client.opened(link, peer: peer, through: nil) }
        case .bytes(let link, let bytes): if links[link] != nil { client.received(bytes.span.bytes, on: link) }
        case .end(let link, let ending): if links.removeValue(forKey: link) != nil { client.ended(link, ending) }
        case .refuse(let link, let peer):
            client.failed(link, NetworkError("connect to", peer.description, "nobody listens there"))
        }
    }
}
