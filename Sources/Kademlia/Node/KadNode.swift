import Libp2p
import Node
import Wire

/// A node of a DHT: a `Host` with a `DHT`. It dials the peers that it is given, and dials them again if they are lost.
struct KadNode: Node {
    var host: Host
    var dht: DHT
    var redials: Redials
    let parameters: NodeParameters
    /// The tickets of the operator by the number that the DHT has for them.
    var tickets: [UInt64: Value] = [:]
    var lastTicket: UInt64 = 0
    private let listening: Endpoint?

    init(_ options: NodeOptions) {
        var random = options.random
        parameters = NodeParameters(options.settings)
        let own = random.bytes(32)
        let identity = Identity(seed: options.identity ?? own)
        var ends = Libp2pOptions(options, identity)
        (listening, redials) = (options.listening, Redials(options))
        dht = DHT(identity.peer, parameters.dht, date: options.date, Random(seed: random.next()))
        dht.server.ownAddresses = ends.addresses
        ends.protocols = dht.protocols
        ends.opened = [parameters.dht.protocolID]
        host = Host(ends, options.settings, Random(seed: random.next()), secrets: options.secrets)
    }
    var deadline: Instant? {
        Instant.earlier(Instant.earlier(host.deadline, dht.deadline), redials.deadline)
    }
    mutating func start(now: Instant, _ out: inout [Action]) {
        out.append(.report(host.ready(listening, [.init("protocol", .text(parameters.dht.protocolID))])))
        for (at, peer) in redials.configured { host.dial(at, expecting: peer, &out) }
    }
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        host.opened(link, at: peer, by: opener, now, &out)
        settle(now, &out)
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        host.received(bytes, on: link, now, &out)
        settle(now, &out)
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        host.closed(link, now, &out)
        settle(now, &out)
    }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        host.unreachable(peer, now)
        settle(now, &out)
    }
    mutating func wake(now: Instant, _ out: inout [Action]) {
        host.wake(now, &out)
        settle(now, &out)
        for (at, peer) in redials.due(now) { host.dial(at, expecting: peer, &out) }
        if let due = dht.deadline, due <= now { dht.wake(host: &host, now, &out) }
        settle(now, &out)
    }
    /// Handles the events of the host and the results of the DHT until no more follow.
    mutating func settle(_ now: Instant, _ out: inout [Action]) {
        while true {
            let news = host.takeNews()
            for item in news where !dht.take(item, from: &host, now, &out) {
                redials.take(item, now)
                if let event = item.event { out.append(.report(event)) }
            }
            let results = dht.takeNews()
            for result in results { tell(result, now, &out) }
            if news.isEmpty, results.isEmpty { return }
        }
    }
}

extension KadNode: LayersWithin {
    func wrapping(_ wrap: (any Node) -> any Node) -> Self {
        var node = self
        node.dht.tap = DHTTap(wrap)
        return node
    }
}
