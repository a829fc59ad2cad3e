import Node
import Wire

// The forwarding of the messages with which clients open a data channel.
extension Hub {
    mutating func signal(
        _ sender: PeerID, _ message: Envelope, _ packet: RawSpan, at now: Instant, into out: inout [Action]
    ) {
        if bug == .losesCandidates, message.type?.value(in: packet) == .text("ice-candidate") { return }
        // Most targets are found by their bytes, without parsing.
        let known = message.targetPeerID.flatMap { PeerID(quoted: $0, in: packet) }
        let near = known.flatMap { id in links[id].map { (id, $0) } }
        let wanted = near == nil ? message.targetPeerID?.value(in: packet) ?? .null : .null
        guard near != nil || wanted.isTrue else {
            if bug == .closesWithoutTarget, let link = links[sender] { out.append(.close(link, CloseStatus(1008, ""))) }
            if bug == .errorWithoutTarget { complain(sender, message, packet, at: now, into: &out) }
            return
        }
        let own = peers[sender]?.network
        let (network, name) = network(message.networkName, own ?? .global, packet)
        let isHub = hubs.contains(sender)
        // Hubs pass on signals of others. All other peers send in their own name and in their own network.
        let mayPass = isHub || !parameters.isRobust
        if !mayPass, bug != .senderNetworkNotChecked, (own ?? .global) != network { return }
        if bug == .unannouncedIgnored, own == nil { return }
        let isGiven = mayPass || bug == .foreignSenderTaken
        let given = isGiven ? message.fromPeerID.flatMap { $0.value(in: packet).isTrue ? $0 : nil } : nil
        let bytes = voice.signal(message, from: given ?? sender.json, name, in: packet, now)
        // The origin, not the hub that passed it on, distinguishes a signal, because hubs give no false senders.
        let named = parameters.isRobust && isHub ? given.flatMap { PeerID(quoted: $0, in: packet) } : nil
        let origin = named ?? sender
        if let (target, link) = near ?? local(wanted) {
            let theirs = peers[target]?.network
            if bug == .selfNotDelivered, sender == target { return }
            if bug == .unannouncedIgnored, theirs == nil { return }
            guard (theirs ?? .global) == network || bug == .networkNotChecked else {
                if bug == .errorOnOtherNetwork { complain(sender, message, packet, at: now, into: &out) }
                return
            }
            // The same signal may arrive through several hubs.
            if isHub, isRepeated(message, from: origin, to: target, packet, now) { return }
            return out.append(.send(link, bytes))
        }
        // The hub's own client is here: no other hub needs the signal.
        if peers[me] != nil, wanted == .text(me.text) { return }
        if bug == .errorOnUnknownTarget { complain(sender, message, packet, at: now, into: &out) }
        if (message.targetPeerID?.bytes.count ?? 0) > Limits.target { return }
        let key = key(message, from: origin, to: wanted, packet)
        relay(bytes, key, from: sender, isHub: isHub, at: now, into: &out)
    }
    /// Returns true if another hub has passed on the same signal before. Only a robust hub checks this.
    mutating func isRepeated(
        _ message: Envelope, from origin: PeerID, to target: PeerID, _ packet: RawSpan, _ now: Instant
    ) -> Bool {
        guard parameters.isRobust, bug != .relaysAgain else { return false }
        let key = key(message, from: origin, to: .text(target.text), packet)
        return !relayed.isNew(key, now) && relayed.knows(key)
    }
    private func key(
        _ message: Envelope, from origin: PeerID, to target: Value, _ packet: RawSpan
    ) -> RelayKey {
        RelayKey(
            type: message.type?.value(in: packet) ?? .null, sender: origin, target: target,
            data: DataHash.of(message.data?.value(in: packet)))
    }
    /// Returns the network that a signal names, with its text. Most signals write the sender's `own` network in the
    /// same characters.
    private func network(
        _ said: JSONValue?, _ own: NetworkName, _ packet: RawSpan
    ) -> (NetworkName, JSONValue) {
        if let said, own.isWritten(said, in: packet) { return (own, said) }
        let network = NetworkName(said?.value(in: packet))
        return (network, network.json)
    }
    private func complain(
        _ sender: PeerID, _ message: Envelope, _ packet: RawSpan, at now: Instant, into out: inout [Action]
    ) {
        say(sender, voice.error(message.type?.value(in: packet), now), &out)
    }
    /// Returns the hub's own client with an id.
    private func local(_ wanted: Value) -> (PeerID, LinkID)? {
        guard case .text(let text) = wanted, let target = PeerID(text) else { return nil }
        if let link = links[target] { return (target, link) }
        guard bug == .targetAnyCase || bug == .foldsCase else { return nil }
        return links.first { $0.key.text.lowercased() == text.lowercased() }.map { ($0.key, $0.value) }
    }
    /// Relays a signal to other hubs, and ignores repetitions for a while.
    private mutating func relay(
        _ bytes: [UInt8], _ key: RelayKey, from sender: PeerID, isHub: Bool, at now: Instant, into out: inout [Action]
    ) {
        var key = key
        if bug == .relaysOncePerTarget { (key.type, key.sender, key.data) = (.null, .zero, "") }
        let isAllowed = relayed.isNew(key, now) || parameters.isFirst || bug == .relaysAgain || bug == .relaysRound
        guard isAllowed, bug != .noRelay, !(bug == .noMiddle && isHub) else { return }
        let sent = bug == .relayAsItsOwn ? voice.asOwn(bytes, me) : bytes
        if case .text(let target) = key.target { relayOverMesh(sent, to: target, now, &out) }
        for _ in 0..<(bug == .relaysTwice ? 2 : 1) {
            for link in bootstraps.keys.sorted() where !isInMesh(link) { out.append(.send(link, sent)) }
            guard bootstraps.isEmpty || bug == .relaysToAllHubs else { continue }
            for hub in hubs where !isInMesh(links[hub]) && (hub != sender || bug == .relaysBack || bug == .relaysRound)
            {
                say(hub, sent, &out)
            }
        }
    }
}
