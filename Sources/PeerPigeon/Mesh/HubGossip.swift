import Node
import Wire

// How hubs of the mesh tell each other of their peers: by gossip, from hub to hub.
extension Hub {
    /// The word among `capabilities` by which hubs know one another as those who pass gossip on.
    static let gossips = "gossip"

    /// A hub is next to this one: it is told of all peers, those of other hubs among them.
    mutating func met(_ link: LinkID, _ hub: PeerID, dialed: Endpoint?, _ now: Instant, _ out: inout [Action]) {
        guard mesh != nil, mesh?.neighbours.hub(link) == nil else { return }
        mesh?.neighbours.addSocket(link, hub, dialed: dialed)
        greet(link, now, &out)
        negotiate(hub, now, &out)
    }
    /// Its own entry first: by it the other side learns whom it speaks with.
    func greeting(_ id: String, _ now: Instant) -> [UInt8] {
        var gossip = Gossip(me, parameters.namespace)
        let news = PeerNews(
            me, parameters.namespace, .map([.init("peerId", .text(me.text)), .init("isHub", .bool(true))]),
            stamp: voice.milliseconds(now))
        return gossip.make(
            id, PeerNews.subtype, news.content, milliseconds: voice.milliseconds(now), now
        ).encoded()
    }
    private mutating func greet(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        let id = mesh?.newID() ?? ""
        out.append(.send(link, greeting(id, now)))
        for (peer, known) in peers.sorted(by: { $0.key.text < $1.key.text }) where !known.announced.isHub {
            if known.network != nil, let bytes = gossip(of: peer, now) { out.append(.send(link, bytes)) }
        }
        for (_, known) in (mesh?.peers.all ?? [:]).sorted(by: { $0.key.text < $1.key.text }) {
            if !known.message.isEmpty { out.append(.send(link, known.message)) }
        }
    }
    /// News of an own peer, as it is now.
    private mutating func gossip(of peer: PeerID, _ now: Instant) -> [UInt8]? {
        guard mesh != nil else { return nil }
        let known = links[peer] == nil ? nil : peers[peer]
        let news = PeerNews(
            peer, known?.network,
            known.map { JSONValue(bytes: Bytes($0.announced.text)).value(in: RawSpan()) } ?? .map([]),
            stamp: voice.milliseconds(now))
        let id = mesh?.newID() ?? ""
        return mesh?.gossip.make(
            id, PeerNews.subtype, news.content, milliseconds: voice.milliseconds(now), now
        ).encoded()
    }
    /// An own peer came, moved or left: the mesh hears of it.
    mutating func tellMesh(_ peer: PeerID, isHub: Bool, _ now: Instant, _ out: inout [Action]) {
        guard let mesh, !isHub, peer != me else { return }
        if mesh.fault == .meshForgetsLeaves, links[peer] == nil { return }
        // It is here now: what others said of it is void.
        if links[peer] != nil { self.mesh?.peers.set(peer, nil) }
        guard let bytes = gossip(of: peer, now) else { return }
        spread(bytes, but: nil, &out)
    }
    private func spread(_ bytes: [UInt8], but arrived: PeerID?, _ out: inout [Action]) {
        guard let mesh else { return }
        for hub in mesh.neighbours.ids where hub != arrived {
            if let link = mesh.neighbours.all[hub]?.link { out.append(.send(link, bytes)) }
        }
    }

    /// Gossip came over a link. That it did makes the other side one of the mesh.
    mutating func heardGossip(_ bytes: RawSpan, on link: LinkID, _ now: Instant, _ out: inout [Action]) {
        guard mesh != nil, let message = GossipMessage.read(bytes) else { return }
        if let hub = bootstraps[link], mesh?.neighbours.hub(link) == nil, let id = Self.last(message, bytes) {
            met(link, id, dialed: hub, now, &out)
        }
        guard let neighbour = mesh?.neighbours.hub(link), let from = Self.peer(message.from, bytes), from != me,
            case .taken(var forward)? = mesh?.gossip.receive(message, in: bytes, now)
        else { return }
        if mesh?.fault == .meshNoHopLimit { forward.ttl = message.ttl }
        let onwards = forward.encoded(from: bytes)
        if message.subtype?.value(in: bytes) == .text(PeerNews.subtype),
            let news = message.content.flatMap({ PeerNews($0.value(in: bytes)) })
        {
            take(news, at: from, onwards, now, &out)
        }
        if Self.ttl(forward, bytes) <= 0 || mesh?.fault == .meshOneHop { return }
        spread(onwards, but: neighbour, &out)
    }
    private static func ttl(_ message: GossipMessage, _ packet: RawSpan) -> Int64 {
        if case .uint(let n)? = message.ttl?.value(in: packet) { Int64(exactly: n) ?? 0 } else { 0 }
    }
    private static func peer(_ field: JSONValue?, _ packet: RawSpan) -> PeerID? {
        if case .text(let text)? = field?.value(in: packet) { PeerID(text) } else { nil }
    }
    /// Who sent it here.
    private static func last(_ message: GossipMessage, _ packet: RawSpan) -> PeerID? {
        guard case .list(let path)? = message.path?.value(in: packet), case .text(let text)? = path.last else {
            return nil
        }
        return PeerID(text)
    }
    private mutating func take(
        _ news: PeerNews, at hub: PeerID, _ message: [UInt8], _ now: Instant, _ out: inout [Action]
    ) {
        guard let mesh, !(news.data.last("isHub") == .bool(true)) else { return }
        let peer = news.peer
        if links[peer] != nil || peer == me || hub == me { return }
        guard mesh.peers.isNews(peer, hub, news.stamp), mesh.peers.hasRoom(for: peer) else { return }
        let before = mesh.peers[peer]
        // A hub speaks of its own peers: where one went to another since, it knows nothing of it.
        if news.network == nil, let before, before.hub != hub, before.network != nil { return }
        let known = MeshPeers.Known(
            network: news.network, announced: announced(peer, news.data), hub: hub, stamp: news.stamp, heardAt: now,
            message: message)
        self.mesh?.peers.set(peer, known)
        if before?.network == news.network { return }
        tellDelayed(of: peer, now, &out)
        if let old = before?.network { left(peer, false, old, now, &out) }
        if let network = news.network { discovered(peer, known, network, now, &out) }
    }
    private func discovered(
        _ peer: PeerID, _ known: MeshPeers.Known, _ network: NetworkName, _ now: Instant, _ out: inout [Action]
    ) {
        for other in members.others(me, in: network) where !hubs.contains(other) {
            say(other, voice.discovered(known.announced, network.json, to: other, about: peer, now), &out)
        }
    }

    /// Looks after the table.
    mutating func tendMesh(_ now: Instant, _ out: inout [Action]) {
        guard let (isDue, isRefresh) = mesh?.tend(now), isDue else { return }
        for peer in mesh?.fault == .meshNeverExpires ? [] : mesh?.peers.expired(now) ?? [] {
            let known = mesh?.peers[peer]
            mesh?.peers.set(peer, nil)
            if let network = known?.network { left(peer, false, network, now, &out) }
        }
        guard isRefresh, mesh?.fault != .meshNeverRefreshes else { return }
        negotiateAgain(now, &out)
        for (peer, known) in peers.sorted(by: { $0.key.text < $1.key.text }) {
            guard known.network != nil, !known.announced.isHub, let bytes = gossip(of: peer, now) else { continue }
            spread(bytes, but: nil, &out)
        }
    }
}
