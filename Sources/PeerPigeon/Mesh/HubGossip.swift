import Node
import Wire

// The gossip by which hubs of the mesh report their peers to each other.
extension Hub {
    /// The word among `capabilities` that marks a hub that passes gossip on.
    static let gossips = "gossip"

    /// Adds a neighbour and sends it all known peers, including the peers of other hubs.
    mutating func met(_ link: LinkID, _ hub: PeerID, dialed: Endpoint?, at now: Instant, into out: inout [Action]) {
        guard mesh != nil, mesh?.neighbours.hub(link) == nil else { return }
        if dialed == nil { replaceChannel(to: hub) }
        mesh?.neighbours.addSocket(link, hub, dialed: dialed)
        greet(link, now, &out)
        negotiate(hub, now, &out)
        approach(now, &out)
    }
    /// Returns the hub's own entry, which is sent first: it shows the other side which hub this is.
    func greeting(_ id: String, _ now: Instant) -> [UInt8] {
        var gossip = Gossip(me, parameters.namespace)
        let news = PeerNews(
            me, parameters.namespace, .map([.init("peerId", .text(me.text)), .init("isHub", .bool(true))]),
            stamp: voice.milliseconds(now))
        return gossip.make(
            id, PeerNews.subtype, news.content, milliseconds: voice.milliseconds(now), at: now
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
    /// Returns the current news of an own peer.
    private mutating func gossip(of peer: PeerID, _ now: Instant) -> [UInt8]? {
        guard mesh != nil else { return nil }
        let known = links[peer] == nil ? nil : peers[peer]
        let news = PeerNews(
            peer, known?.network,
            known.map { JSONValue(bytes: Bytes($0.announced.text)).value(in: RawSpan()) } ?? .map([]),
            stamp: voice.milliseconds(now))
        let id = mesh?.newID() ?? ""
        return mesh?.gossip.make(
            id, PeerNews.subtype, news.content, milliseconds: voice.milliseconds(now), at: now
        ).encoded()
    }
    /// Reports to the mesh that an own peer came, moved or left.
    mutating func tellMesh(_ peer: PeerID, isHub: Bool, _ now: Instant, _ out: inout [Action]) {
        guard let mesh, !isHub, peer != me else { return }
        if mesh.fault == .meshForgetsLeaves, links[peer] == nil { return }
        // The peer is here now, so the news of other hubs about it is void.
        if links[peer] != nil { self.mesh?.peers.set(peer, nil) }
        guard let bytes = gossip(of: peer, now) else { return }
        spread(bytes, but: nil, &out)
    }
    mutating func spread(_ bytes: [UInt8], but arrived: PeerID?, _ out: inout [Action]) {
        guard let mesh else { return }
        for hub in mesh.neighbours.ids where hub != arrived {
            if let link = mesh.neighbours.all[hub]?.link { send(bytes, over: link, &out) }
        }
    }

    /// Handles gossip on a link. The gossip shows that the other side belongs to the mesh.
    mutating func heardGossip(_ bytes: RawSpan, on link: MeshLink, _ now: Instant, _ out: inout [Action]) {
        guard mesh != nil, let message = GossipMessage.read(bytes) else { return }
        if let socket = link.socket, let hub = bootstraps[socket], mesh?.neighbours.hub(link) == nil,
            let id = Self.last(message, bytes)
        {
            met(socket, id, dialed: hub, at: now, into: &out)
        }
        guard let neighbour = mesh?.neighbours.hub(link), let from = Self.peer(message.from, bytes), from != me,
            case .taken(var forward)? = mesh?.gossip.receive(message, in: bytes, now)
        else { return }
        if mesh?.fault == .meshNoHopLimit { forward.ttl = message.ttl }
        let onwards = forward.encoded(from: bytes)
        if message.subtype?.value(in: bytes) == .text(PeerNews.subtype),
            let news = message.content.flatMap({ PeerNews($0.value(in: bytes)) })
        {
            take(news, at: from, onwards, now, into: &out)
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
    /// Returns the last sender, which sent the message to this hub.
    private static func last(_ message: GossipMessage, _ packet: RawSpan) -> PeerID? {
        guard case .list(let path)? = message.path?.value(in: packet), case .text(let text)? = path.last else {
            return nil
        }
        return PeerID(text)
    }
    private mutating func take(
        _ news: PeerNews, at hub: PeerID, _ message: [UInt8], _ now: Instant, into out: inout [Action]
    ) {
        guard let mesh else { return }
        if news.data.last("isHub") == .bool(true) { return learned(news.peer, now, &out) }
        let peer = news.peer
        if links[peer] != nil || peer == me || hub == me { return }
        guard mesh.peers.isNews(peer, hub, news.stamp), mesh.peers.hasRoom(for: peer) else { return }
        let before = mesh.peers[peer]
        // A hub reports only its own peers. If a peer has moved to another hub since, the report of the old hub is
        // ignored.
        if news.network == nil, let before, before.hub != hub, before.network != nil { return }
        let known = MeshPeers.Known(
            network: news.network, announced: announced(peer, news.data), hub: hub, stamp: news.stamp, heardAt: now,
            message: message)
        self.mesh?.peers.set(peer, known)
        if before?.network == news.network { return }
        tellDelayed(of: peer, now, &out)
        if let old = before?.network { left(peer, isHub: false, in: old, at: now, into: &out) }
        if let network = news.network { discovered(peer, known, in: network, at: now, into: &out) }
    }
    private func discovered(
        _ peer: PeerID, _ known: MeshPeers.Known, in network: NetworkName, at now: Instant, into out: inout [Action]
    ) {
        for other in members.others(me, in: network) where !hubs.contains(other) {
            say(other, voice.discovered(known.announced, network.json, to: other, about: peer, now), &out)
        }
    }

    /// Maintains the table of peers.
    mutating func tendMesh(_ now: Instant, _ out: inout [Action]) {
        guard let (isDue, isRefresh) = mesh?.tend(now), isDue else { return }
        for peer in mesh?.fault == .meshNeverExpires ? [] : mesh?.peers.expired(now) ?? [] {
            let known = mesh?.peers[peer]
            mesh?.peers.set(peer, nil)
            if let network = known?.network { left(peer, isHub: false, in: network, at: now, into: &out) }
        }
        guard isRefresh, mesh?.fault != .meshNeverRefreshes else { return }
        refreshHubs(now, &out)
        negotiateAgain(now, &out)
        for (peer, known) in peers.sorted(by: { $0.key.text < $1.key.text }) {
            guard known.network != nil, !known.announced.isHub, let bytes = gossip(of: peer, now) else { continue }
            spread(bytes, but: nil, &out)
        }
    }
}
