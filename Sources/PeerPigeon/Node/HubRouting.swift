import Node
import Wire

// The handling of clients' messages in a hub.
extension Hub {
    mutating func take(_ bytes: RawSpan, _ peer: PeerID, on link: LinkID, at now: Instant, into out: inout [Action]) {
        var envelope = Envelope()
        if envelope.read(borrowing: bytes), envelope.isSignal(in: bytes) {
            return signal(peer, envelope, bytes, at: now, into: &out)
        }
        var framing = MessageFraming()
        guard case .message(let type, _) = framing.next(bytes) else {
            return strange(bytes, peer, on: link, at: now, into: &out)
        }
        switch type {
        case is Announce.Type: Announce.read(bytes).map { announce(peer, $0, bytes, at: now, into: &out) }
        case is Offer.Type, is Answer.Type, is Candidate.Type:
            // The type is written with escapes.
            envelope.type = envelope.type.flatMap { JSONValue($0.value(in: bytes)) }
            signal(peer, envelope, bytes, at: now, into: &out)
        case is Ping.Type: pong(peer, now, &out)
        case is Goodbye.Type: Goodbye.read(bytes).map { goodbye(peer, $0, bytes, at: now, into: &out) }
        case is PeerDiscovered.Type:
            guard hubs.contains(peer) || bug == .anyoneInjects, bug != .injectionIgnored else { return }
            PeerDiscovered.read(bytes).map { heard($0, from: peer, bytes, at: now, into: &out) }
        case is PeerDisconnected.Type where parameters.isRobust && hubs.contains(peer):
            PeerDisconnected.read(bytes).map { forget($0, bytes, at: now, into: &out) }
        case is Cleanup.Type where bug != .cleanupIsUnknown:
            guard bug == .cleanupIsTold, let network = peers[peer]?.network else { return }
            left(peer, isHub: false, in: network, at: now, into: &out)
        default: unrouted(bytes, peer, at: now, into: &out)
        }
    }
    private func pong(_ peer: PeerID, _ now: Instant, _ out: inout [Action]) {
        let bytes = voice.pong(peer, now)
        if bug == .pongToAll {
            for other in links.sorted(by: { $0.value < $1.value }).map(\.key) { say(other, bytes, &out) }
        } else {
            for _ in 0..<(bug == .pongTwice ? 2 : 1) { say(peer, bytes, &out) }
        }
    }
    private func unrouted(_ bytes: RawSpan, _ peer: PeerID, at now: Instant, into out: inout [Action]) {
        var message = Unrouted()
        guard message.read(borrowing: bytes) else { return }
        if bug == .forwardsUnknown, let wanted = Envelope.read(bytes)?.targetPeerID?.value(in: bytes),
            case .text(let text) = wanted, let target = PeerID(text)
        {
            return say(target, bytes.withUnsafeBytes { [UInt8]($0) }, &out)
        }
        if bug != .silentOnUnknown { say(peer, voice.error(message.type?.value(in: bytes), now), &out) }
    }
    /// Handles bytes that are not a JSON object. A JSON value has no type. Null, and bytes that are not JSON, are
    /// ignored.
    private mutating func strange(
        _ bytes: RawSpan, _ peer: PeerID, on link: LinkID, at now: Instant, into out: inout [Action]
    ) {
        guard let value = JSON.parse(bytes.withUnsafeBytes { [UInt8]($0) }) else {
            if bug == .closesOnBadJSON { out.append(.close(link, CloseStatus(1007, ""))) }
            if bug == .deafAfterBadJSON { deaf.insert(link) }
            if bug == .errorOnBadJSON { say(peer, voice.error(nil, now), &out) }
            return
        }
        if value != .null, bug != .silentOnScalars { say(peer, voice.error(nil, now), &out) }
    }

    mutating func announce(
        _ peer: PeerID, _ message: Announce, _ packet: RawSpan, at now: Instant, into out: inout [Action]
    ) {
        guard let network = network(of: message, packet) else {
            return out.append(.report(Event("announcement_refused", links[peer])))
        }
        if !members.contains(peer, in: network), members.networkCount(of: peer) >= Limits.networks { return }
        tellDelayed(of: peer, now, &out)
        // Data that is too large to be kept is left out.
        let isKept =
            (message.data?.bytes.count ?? 0) <= Limits.announced
            && announcedBytes + remote.memory <= Limits.allAnnounced
        let data = isKept ? message.data?.value(in: packet) : nil
        if bug == .oddDataRefused, let data, data.last("peerId") == nil, !data.isMap { return }
        let isTold = data?.last("isHub") == .bool(true) || bug == .hubByText && data?.last("isHub") == .text("true")
        let mesh = bug == .namespaceFixed ? NetworkName.named("pigeonhub-mesh") : parameters.namespace
        let isHub = isTold || network == mesh && (bug != .namespaceIsNoHub || peer == me)
        let announced = announced(peer, data, isHub: isHub)
        let before = peers[peer]
        // A peer that has sent goodbye is reported but not registered again. A robust hub does not report it either.
        if let before {
            keep(
                peer,
                Peer(network: network, announced: announced, connectedAt: before.connectedAt, announcedAt: now))
        } else if parameters.isRobust {
            return
        }
        if parameters.isRobust, bug != .keepsOldNetwork { leave(peer, but: network, isHub: isHub, now, &out) }
        members.insert(peer, network)
        if bug == .announcesOnce, before?.network == network { return }
        if isHub {
            if !hubs.contains(peer) { hubs.append(peer) }
            out.append(.report(Event("hub_registered", links[peer])))
            if let link = links[peer], isOfMesh(data) { met(link, peer, dialed: nil, at: now, into: &out) }
            if parameters.isHub { tellAll(peer, network, at: now, into: &out) }
        } else if bug != .hubsNotTold {
            tellHubs(voice.discovered(announced, network.json, to: nil, about: peer, now), but: peer, &out)
        }
        introduce(peer, announced, in: network, at: now, into: &out)
        tellMesh(peer, isHub: isHub, now, &out)
    }
    /// Returns true if a hub states that it passes gossip on.
    private func isOfMesh(_ data: Value?) -> Bool {
        guard mesh != nil, case .list(let words)? = data?.last("capabilities") else { return false }
        return words.contains(.text(Self.gossips))
    }
    /// Returns the network; nil if its name is too long to be kept.
    private func network(of message: Announce, _ packet: RawSpan) -> NetworkName? {
        guard let name = message.networkName else {
            return bug == .otherDefaultNetwork ? .named("default") : .global
        }
        guard name.bytes.count <= Limits.networkName else { return nil }
        let value = name.value(in: packet)
        if bug == .emptyIsANetwork, value == .text("") { return .named("") }
        return bug == .otherDefaultNetwork && !value.isTrue ? .named("default") : NetworkName(value)
    }
    /// Removes a peer from all its networks except one, and notifies their members.
    private mutating func leave(
        _ peer: PeerID, but kept: NetworkName, isHub: Bool, _ now: Instant, _ out: inout [Action]
    ) {
        // The order depends only on the messages.
        for old in members.networks(of: peer).subtracting([kept]).sorted(by: { "\($0)" < "\($1)" }) {
            members.remove(peer, from: old)
            left(peer, isHub: isHub, in: old, at: now, into: &out)
            tell(LeaveNotice(peer, isHub: isHub, because: "joined another network", in: old, to: .hubs), now, &out)
        }
    }
    /// Notifies the members of a network of a peer, and the peer of the members.
    private func introduce(
        _ peer: PeerID, _ announced: Announced, in network: NetworkName, at now: Instant, into out: inout [Action]
    ) {
        let (isHub, name) = (announced.isHub, network.json)
        if bug == .confirmsAnnounce {
            say(peer, voice.discovered(announced, name, to: peer, about: peer, now), &out)
        }
        var others = members.others(peer, in: network)
        if bug == .crossesNetworks { others = peers.keys.filter { $0 != peer && peers[$0]?.network != nil }.sorted() }
        var heard = 0
        // Hubs in the network of hubs are notified of each other elsewhere.
        if isHub, parameters.isHub, network == parameters.namespace { others.removeAll { hubs.contains($0) } }
        if !(isHub && network == parameters.namespace), bug != .othersNotTold {
            for other in others {
                say(other, voice.discovered(announced, name, to: other, about: peer, now), &out)
            }
        }
        // All notices to one peer in a row are sent together.
        for other in others {
            guard let known = peers[other], bug != .announcerNotTold else { continue }
            if bug == .announcerHearsOne, heard > 0 { continue }
            heard += 1
            say(peer, voice.discovered(known.announced, name, to: peer, about: other, now), &out)
        }
        guard !isHub else { return }
        for (id, known) in mesh?.peers.peers(in: network) ?? [] where links[id] == nil {
            say(
                peer,
                voice.discovered(known.announced, cachedAt: known.heardAt, name, to: peer, about: id, now), &out)
        }
        for (id, known) in remote.peers(in: network) where links[id] == nil {
            say(
                peer,
                voice.discovered(known.announced, cachedAt: known.heardAt, name, to: peer, about: id, now), &out)
        }
    }
    /// Sends a new hub all peers of all networks, then the hubs of its own network.
    private func tellAll(_ hub: PeerID, _ network: NetworkName, at now: Instant, into out: inout [Action]) {
        for theirs in bug == .hubLearnsNobody || isInMesh(links[hub]) ? [] : members.names {
            if bug == .hubLearnsGlobal, theirs != .global { continue }
            for id in members.others(hub, in: theirs) {
                guard let known = peers[id], !known.announced.isHub else { continue }
                say(hub, voice.discovered(known.announced, theirs.json, to: hub, about: id, now), &out)
            }
        }
        guard network == parameters.namespace, let own = peers[hub] else { return }
        for other in members.others(hub, in: network) {
            guard let known = peers[other] else { continue }
            say(hub, voice.discovered(known.announced, network.json, to: hub, about: other, now), &out)
            say(other, voice.discovered(own.announced, network.json, to: other, about: hub, now), &out)
        }
    }
}

extension Message {
    /// Reads a message; nil if it is refused.
    static func read(_ bytes: RawSpan) -> Self? {
        var message = Self()
        return message.read(borrowing: bytes) ? message : nil
    }
}
extension Value {
    var isMap: Bool { if case .map = self { true } else { false } }
}
