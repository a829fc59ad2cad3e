import Node
import Wire

// What a hub does with the messages of clients.
extension Hub {
    mutating func take(_ bytes: RawSpan, _ peer: PeerID, _ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        var framing = MessageFraming()
        guard case .message(let type, _) = framing.next(bytes) else { return strange(bytes, peer, now, &out) }
        switch type {
        case is Announce.Type: Announce.read(bytes).map { announce(peer, $0, bytes, now, &out) }
        case is Offer.Type: Offer.read(bytes).map { signal(peer, $0, bytes, now, &out) }
        case is Answer.Type: Answer.read(bytes).map { signal(peer, $0, bytes, now, &out) }
        case is Candidate.Type: Candidate.read(bytes).map { signal(peer, $0, bytes, now, &out) }
        case is Ping.Type: say(peer, voice.pong(peer, now), &out)
        case is Goodbye.Type: Goodbye.read(bytes).map { goodbye(peer, $0, bytes, now, &out) }
        case is PeerDiscovered.Type:
            if hubs.contains(peer) { PeerDiscovered.read(bytes).map { injected($0, bytes, now, &out) } }
        case is Cleanup.Type: break
        default:
            var message = Unrouted()
            guard message.read(borrowing: bytes) else { return }
            say(peer, voice.error(message.type?.value(in: bytes), now), &out)
        }
    }
    /// JSON that is no object has no type; what is no JSON, and null, is passed over.
    private func strange(_ bytes: RawSpan, _ peer: PeerID, _ now: Instant, _ out: inout [Action]) {
        let text = bytes.withUnsafeBytes { [UInt8]($0) }
        guard let value = JSON.parse(text), value != .null else { return }
        say(peer, voice.error(nil, now), &out)
    }

    mutating func announce(
        _ peer: PeerID, _ message: Announce, _ packet: RawSpan, _ now: Instant, _ out: inout [Action]
    ) {
        let network = NetworkName(message.networkName?.value(in: packet))
        let data = message.data?.value(in: packet)
        let isHub = data?["isHub"] == .bool(true) || network == parameters.namespace
        let announced = announced(data, isHub: isHub)
        // One that said goodbye is told of, and is registered no more.
        if let known = peers[peer] {
            peers[peer] = Peer(
                network: network, announced: announced, connectedAt: known.connectedAt, announcedAt: now)
        }
        if parameters.isRobust {
            guard peers[peer] != nil else { return }
            members.remove(peer, butOf: network)
        }
        members.insert(peer, network)
        if isHub {
            if !hubs.contains(peer) { hubs.append(peer) }
            out.append(.report(Event("hub_registered", links[peer])))
            tellAll(peer, network, now, &out)
        } else {
            tellHubs(voice.discovered(peer, announced, network, to: nil, now), but: peer, &out)
        }
        for other in members.others(peer, in: network) where !(isHub && hubs.contains(other)) {
            if !(isHub && network == parameters.namespace) {
                say(other, voice.discovered(peer, announced, network, to: other, now), &out)
            }
            if let known = peers[other] {
                say(peer, voice.discovered(other, known.announced, network, to: peer, now), &out)
            }
        }
        guard !isHub else { return }
        for (id, known) in (remote[network] ?? [:]).sorted(by: { $0.key < $1.key }) where links[id] == nil {
            say(
                peer, voice.discovered(id, known.announced, cachedAt: known.heardAt, network, to: peer, now), &out)
        }
    }
    /// A hub that joins learns of all peers of all networks, then of the hubs of its own.
    private func tellAll(_ hub: PeerID, _ network: NetworkName, _ now: Instant, _ out: inout [Action]) {
        for theirs in members.all {
            for id in members.members(of: theirs) where id != hub {
                guard let known = peers[id], !known.announced.isHub else { continue }
                say(hub, voice.discovered(id, known.announced, theirs, to: hub, now), &out)
            }
        }
        guard network == parameters.namespace, let own = peers[hub] else { return }
        for other in members.others(hub, in: network) {
            guard let known = peers[other] else { continue }
            say(hub, voice.discovered(other, known.announced, network, to: hub, now), &out)
            say(other, voice.discovered(hub, own.announced, network, to: other, now), &out)
        }
    }

    mutating func signal<K: SignalKind>(
        _ sender: PeerID, _ message: Signal<K>, _ packet: RawSpan, _ now: Instant, _ out: inout [Action]
    ) {
        guard let wanted = message.targetPeerID?.value(in: packet), wanted.isTrue else { return }
        let network = NetworkName(message.networkName?.value(in: packet))
        let isHub = hubs.contains(sender)
        // Hubs hand on what others say; all others speak for themselves.
        let given = (message.fromPeerID?.value(in: packet)).flatMap { $0.isTrue ? $0 : nil }
        let isGiven = given != nil && (!parameters.isRobust || isHub)
        if parameters.isRobust, !isHub, let own = peers[sender]?.network, own != network { return }
        let from = isGiven ? given.flatMap { JSONValue($0) } : nil
        let bytes = voice.signal(message, from: from ?? Voice.text(sender.text), network, in: packet, now)
        if case .text(let text) = wanted, let target = PeerID(text), let link = links[target] {
            if (peers[target]?.network ?? .global) == network { out.append(.send(link, bytes)) }
            return
        }
        let key = RelayKey(
            type: K.type.description, sender: sender, target: wanted,
            data: DataHash.of(message.data?.value(in: packet)))
        guard relayed.isNew(key, now) else { return }
        if bootstraps.isEmpty {
            for hub in hubs where hub != sender { say(hub, bytes, &out) }
        } else {
            for link in bootstraps.keys.sorted() { out.append(.send(link, bytes)) }
        }
    }

    mutating func goodbye(
        _ peer: PeerID, _ message: Goodbye, _ packet: RawSpan, _ now: Instant, _ out: inout [Action]
    ) {
        let network = peers.removeValue(forKey: peer)?.network
        let inside = network.map { members.others(peer, in: $0) } ?? []
        let bytes = voice.goodbye(message, of: peer, network ?? .global, in: packet, now)
        for near in Distance.closest(peer.text, inside.map(\.text), most: 5).compactMap({ PeerID($0) }) {
            say(near, bytes, &out)
        }
        release(peer)
        let isHub = unregister(peer)
        members.remove(peer)
        if let network { left(peer, isHub, nil, network, inside, now, &out) }
    }

    /// A hub tells of one of its peers: the clients of that network hear of it.
    mutating func injected(_ message: PeerDiscovered, _ packet: RawSpan, _ now: Instant, _ out: inout [Action]) {
        guard let name = message.networkName?.value(in: packet), name != .null, name != .text(""),
            let data = message.data?.value(in: packet), case .text(let id)? = data["peerId"]
        else { return }
        let network = NetworkName(name)
        for other in members.others(me, in: network) where !hubs.contains(other) && other.text != id {
            var copy = message
            copy.fromPeerID = Voice.text(Voice.system)
            copy.targetPeerID = Voice.text(other.text)
            copy.timestamp = JSONValue(Value(voice.milliseconds(now)))
            say(other, copy.encoded(from: packet), &out)
        }
    }
}

extension Message {
    /// Nil where it is refused.
    static func read(_ bytes: RawSpan) -> Self? {
        var message = Self()
        return message.read(borrowing: bytes) ? message : nil
    }
}
