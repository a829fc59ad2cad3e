import Node
import Wire

/// A hub: clients find each other through it, and it passes on what they say to open a data channel. Above the layers:
/// it takes and gives whole messages.
struct Hub: Node {
    let parameters: NodeParameters
    let voice: Voice
    /// Its own client in the mesh of hubs, whose messages nobody sees.
    let me: PeerID
    /// Connections that are accepted, each with the id that it asked for.
    private var clients: [LinkID: PeerID] = [:]
    /// The connection that an id is reached by. One that said goodbye has none.
    private(set) var links: [PeerID: LinkID] = [:]
    var peers: [PeerID: Peer] = [:]
    var members = Members()
    /// Hubs that announced themselves here, in the order in which they came.
    var hubs: [PeerID] = []
    /// Connections to hubs that it dialed.
    var bootstraps: [LinkID: Endpoint] = [:]
    private var redials: [Endpoint: Instant] = [:]
    /// Peers of other hubs, by network.
    var remote: [NetworkName: [PeerID: Remote]] = [:]
    var relayed = RecentRelays()
    private let told: [Endpoint]
    private var joinsAt: Instant?

    /// What is known of an id that is connected.
    struct Peer {
        /// Nil until it announces itself.
        var network: NetworkName?
        var announced: Announced
        var connectedAt: Instant
        var announcedAt: Instant?
    }
    struct Remote {
        var announced: Announced
        var heardAt: Instant
    }

    init(_ options: NodeOptions) {
        parameters = NodeParameters(options.settings)
        voice = Voice(beginning: options.date)
        var random = options.random
        let drawn = random.bytes(20)
        me = PeerID((options.identity ?? drawn).hex) ?? PeerID(drawn.hex) ?? .zero
        told = options.peers
        relayed.window = parameters.window
    }

    var deadline: Instant? {
        ([joinsAt].compactMap { $0 } + redials.values.filter { $0 != .never }).min()
    }
    mutating func start(now: Instant, _ out: inout [Action]) { joinsAt = now + .seconds(1) }
    mutating func wake(now: Instant, _ out: inout [Action]) {
        if let at = joinsAt, at <= now {
            joinsAt = nil
            join(now, &out)
            for endpoint in told { out.append(.connect(endpoint)) }
        }
        for (endpoint, at) in redials.sorted(by: { $0.value < $1.value }) where at <= now {
            redials[endpoint] = .never
            out.append(.connect(endpoint))
        }
    }
    /// Its own client stands, as a member of the mesh.
    private mutating func join(_ now: Instant, _ out: inout [Action]) {
        peers[me] = Peer(network: nil, announced: announced(nil), connectedAt: now)
        var message = Announce()
        message.networkName = parameters.namespace.json
        message.data = JSONValue(.map([.init("peerId", .text(me.text))]))
        announce(me, message, RawSpan(), now, &out)
    }
    func announced(_ data: Value?, isHub: Bool = false) -> Announced {
        Announced(isHub: isHub, data: data, isTrueFirst: parameters.isRobust)
    }

    // Connections

    /// Its own client counts.
    var connectionCount: Int { links.count + (peers[me] == nil ? 0 : 1) }
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        out.append(.close(link))
    }
    mutating func opened(
        _ link: LinkID, speaks: String, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {
        if speaks.hasPrefix(Answers.prefix) {
            out.append(.send(link, answer(speaks, now)))
            return out.append(.close(link))
        }
        guard opener == .them else {
            bootstraps[link] = peer
            redials[peer] = nil
            out.append(.report(Event("bootstrap_connected", link)))
            return introduce(link, peer, now, &out)
        }
        let why: String?
        let id = PeerID(target: String(speaks.prefix { $0 != " " }))
        switch id {
        case nil: why = "Invalid peerId format"
        case let id? where links[id] != nil || id == me: why = "Peer already connected"
        case _ where connectionCount >= parameters.maximumConnections: why = "Maximum connections reached"
        default: why = nil
        }
        guard let id, why == nil else { return out.append(.close(link, CloseStatus(1008, why ?? ""))) }
        clients[link] = id
        links[id] = link
        peers[id] = Peer(network: nil, announced: announced(nil), connectedAt: now)
        out.append(.send(link, voice.connected(id, now)))
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        if let peer = clients[link] {
            take(bytes, peer, link, now, &out)
        } else if bootstraps[link] != nil {
            hear(bytes, now, &out)
        }
    }
    mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard bytes > Limits.unsent, let peer = clients.removeValue(forKey: link) else { return }
        out.append(.report(Event("slow_reader", link, [.init("bytes", .uint(UInt64(bytes)))])))
        out.append(.close(link, CloseStatus(1008, "slow reader")))
        gone(peer, link, "slow reader", now, &out)
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        closed(link, status: nil, now: now, &out)
    }
    mutating func closed(_ link: LinkID, status: CloseStatus?, now: Instant, _ out: inout [Action]) {
        if let peer = clients.removeValue(forKey: link) {
            // The hub of that version tells of a failure twice.
            if status?.isFailure == true, !parameters.isRobust { gone(peer, link, "WebSocket error", now, &out) }
            let said = status.flatMap { $0.isFailure || $0.reason.isEmpty ? nil : $0.reason }
            gone(peer, link, said ?? "disconnected", now, &out)
        }
        if let hub = bootstraps.removeValue(forKey: link) { redials[hub] = now + parameters.reconnect }
    }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        redials[peer] = now + parameters.reconnect
    }

    static let controls = [NodeControl(tells: "shutdown", "ends all connections of a hub")]
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        guard name == "shutdown" else { return nil }
        for link in bootstraps.keys.sorted() { out.append(.close(link, CloseStatus(1000, "Hub shutting down"))) }
        for link in clients.keys.sorted() { out.append(.close(link, CloseStatus(1000, "Server shutting down"))) }
        (clients, links, peers, hubs, bootstraps, redials) = ([:], [:], [:], [], [:], [:])
        members = Members()
        joinsAt = nil
        return .bool(true)
    }

    /// A connection ended: all are told, then the network of the peer, then hubs.
    private mutating func gone(
        _ peer: PeerID, _ link: LinkID, _ reason: String, _ now: Instant, _ out: inout [Action]
    ) {
        // A connection that said goodbye does not end a newer one of its id.
        if parameters.isRobust, links[peer] != link { return }
        links[peer] = nil
        let known = peers.removeValue(forKey: peer)
        let isHub = unregister(peer)
        let inside = known?.network.map { members.others(peer, in: $0) } ?? []
        members.remove(peer)
        if parameters.isRobust {
            if let network = known?.network { left(peer, isHub, reason, network, inside, now, &out) }
        } else {
            for (other, to) in links.sorted(by: { $0.value < $1.value }) {
                out.append(.send(to, voice.disconnected(peer, isHub: isHub, reason: reason, nil, to: other, now)))
            }
            if let network = known?.network { left(peer, isHub, nil, network, inside, now, &out) }
        }
        tellHubs(
            voice.disconnected(peer, isHub: isHub, reason: reason, known?.network ?? .global, to: nil, now), &out)
    }
    /// Members of a network are told that a peer left.
    func left(
        _ peer: PeerID, _ isHub: Bool, _ reason: String?, _ network: NetworkName, _ inside: [PeerID], _ now: Instant,
        _ out: inout [Action]
    ) {
        for other in inside {
            say(other, voice.disconnected(peer, isHub: isHub, reason: reason, network, to: other, now), &out)
        }
    }
    mutating func unregister(_ peer: PeerID) -> Bool {
        let count = hubs.count
        hubs.removeAll { $0 == peer }
        return hubs.count < count
    }
    /// Takes an id off its connection, which stays open.
    mutating func release(_ peer: PeerID) { links[peer] = nil }

    // What it says

    func say(_ peer: PeerID, _ bytes: [UInt8], _ out: inout [Action]) {
        if let link = links[peer] { out.append(.send(link, bytes)) }
    }
    /// To hubs that announced themselves here, and to those that it dialed.
    func tellHubs(_ bytes: [UInt8], but sender: PeerID? = nil, _ out: inout [Action]) {
        for hub in hubs where hub != sender { say(hub, bytes, &out) }
        for link in bootstraps.keys.sorted() { out.append(.send(link, bytes)) }
    }
}

extension PeerID {
    static let zero = PeerID(unchecked: String(repeating: "0", count: 40))
}
