import Kademlia
import Libp2p
import Node
import Wire

/// A node of gossipsub: a `Host` and a `Router`, with the pubsub streams between them. It has a topic from its start.
///
/// It opens a stream to each peer as soon as both are connected, and sends the RPCs of the router there. The RPCs of
/// the peer arrive on a stream that the peer opens. RPCs that arrive before the router knows the peer wait until then.
struct GossipsubNode: Node {
    var host: Host
    var router: Router
    let parameters: NodeParameters
    let faults: NodeFaults
    var pubsub: [PeerID: PubsubPeer] = [:]
    /// The peers of pubsub streams, including streams on which no protocol is agreed on yet.
    var owners: [HostStream: PeerID] = [:]
    var redials: Redials
    /// The snapshot server and client of its order books; nil if it has no order books.
    var book: NodeBook?
    /// True if topics of this node or of a peer, or the identify information of a peer, may have changed since
    /// `followMarkets` was last called.
    var marketsChanged = false
    var rendezvous: NodeRendezvous?
    /// The DHT that it is a member of, on the same connections.
    var dht: DHT?
    /// The namespaces in which it looks for other members.
    var namespaces: Set<String> = []
    /// The tap through which its RPCs pass, if it is wrapped.
    var tap: NodeTap?
    /// True if it publishes and subscribes for another node.
    var carriesPubsub = false
    /// Events for the carried node that it has not taken yet.
    var pubsubEvents: [PubsubEvent] = []
    private let listening: Endpoint?
    /// The date of `Instant.zero` in nanoseconds since 1970.
    let date: Int64

    /// The topic that it has from its start.
    static let topic = "meshspec"

    init(_ options: NodeOptions) {
        var random = options.random
        parameters = NodeParameters(options.settings)
        faults = NodeFaults(options.bug)
        let own = random.bytes(32)
        let identity = Identity(seed: options.identity ?? own)
        var ends = Libp2pOptions(options, identity)
        ends.protocols = parameters.protocols
        ends.fault = faults.layers
        (listening, date) = (options.listening, options.date)
        redials = Redials(options)
        host = Host(ends, options.settings, Random(seed: random.next()), secrets: options.secrets)
        router = Router(
            RouterParameters(options.settings), own: identity.peer, identity: identity, Random(seed: random.next()),
            faults: faults.router)
        if parameters.hasBook {
            router.book = OrderBook(faults.book, owner: identity.peer.bytes)
            book = NodeBook(Random(seed: random.next()), faults.book)
        }
        if let limits = parameters.rendezvous {
            rendezvous = NodeRendezvous(limits, Random(seed: random.next()), faults.rendezvous)
        }
        if let options = parameters.dht {
            var member = DHT(identity.peer, options, date: date, Random(seed: random.next()))
            member.server.ownAddresses = ends.addresses
            dht = member
        }
    }
    var deadline: Instant? {
        let own = pubsub.values.lazy.compactMap(\.opensAt).min()
        let beside = Instant.earlier(Instant.earlier(book?.deadline, rendezvous?.deadline), dht?.deadline)
        return Instant.earlier(
            Instant.earlier(Instant.earlier(host.deadline, router.deadline), beside),
            Instant.earlier(Instant.earlier(own, tap?.tap.deadline), redials.deadline))
    }
    mutating func start(now: Instant, _ out: inout [Action]) {
        out.append(.report(host.ready(listening)))
        router.start(now: now, date: date)
        var wanted: [RouterAction] = []
        router.subscribe(Array(Self.topic.utf8), now: now, &wanted)
        act(wanted, now, &out)
        marketsChanged = true
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
        for peer in pubsub.filter({ $0.value.opensAt.map { $0 <= now } ?? false }).keys.sorted() {
            open(to: peer, now, &out)
        }
        if let due = tap?.tap.deadline, due <= now, let messages = tap?.tap.wake(now) { follow(messages, now, &out) }
        if let due = router.deadline, due <= now {
            var wanted: [RouterAction] = []
            router.wake(now: now, &wanted)
            act(wanted, now, &out)
        }
        wakeSnapshots(now, &out)
        wakeRendezvous(now, &out)
        wakeDHT(now, &out)
        settle(now, &out)
    }
    /// Handles the events of the host until no more follow.
    mutating func settle(_ now: Instant, _ out: inout [Action]) {
        while true {
            let news = host.takeNews()
            if news.isEmpty {
                if followBooks(now, &out) || followDHT(now, &out) { continue }
                guard marketsChanged else { return }
                marketsChanged = false
                followMarkets(now, &out)
                followTopics(now, &out)
            }
            for item in news { take(item, now, &out) }
        }
    }
    /// Carries out actions of the router.
    mutating func act(_ wanted: [RouterAction], _ now: Instant, _ out: inout [Action]) {
        for action in wanted {
            switch action {
            case .send(let peer, let content):
                if pubsub[peer]?.outbound != nil { say(RPC(content).encoded(), to: peer, now, &out) }
            case .deliver(let message):
                keep(message)
                out.append(
                    .report(NodeEvents.message(message, router.parameters.messageID.id(of: message))))
            case .connect(let peer, let addresses): connect(peer, addresses, &out)
            case .report(let event): out.append(.report(event))
            }
        }
    }
    /// Dials a peer that the router names, unless it is connected or has no address that can be dialed.
    mutating func connect(_ peer: PeerID, _ addresses: [Multiaddr], _ out: inout [Action]) {
        guard pubsub[peer] == nil, peer != host.identity.peer else { return }
        let known = host.identified(peer)?.addresses ?? []
        let named = redials.configured.first { $0.peer == peer }?.at
        guard let at = named ?? (addresses + known).lazy.compactMap(\.endpoint).first else { return }
        host.dial(at, expecting: peer, &out)
    }
}
