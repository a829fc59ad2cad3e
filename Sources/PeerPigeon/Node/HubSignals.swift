import Node
import Wire

// How a hub passes on what clients say to open a data channel.
extension Hub {
    mutating func signal<K: SignalKind>(
        _ sender: PeerID, _ message: Signal<K>, _ packet: RawSpan, _ now: Instant, _ out: inout [Action]
    ) {
        let wanted = message.targetPeerID?.value(in: packet)
        guard let wanted, wanted.isTrue else {
            if bug == .closesWithoutTarget, let link = links[sender] { out.append(.close(link, CloseStatus(1008, ""))) }
            if bug == .errorWithoutTarget { complain(sender, K.self, now, &out) }
            return
        }
        let network = NetworkName(message.networkName?.value(in: packet))
        let isHub = hubs.contains(sender)
        // Hubs hand on what others say; all others speak for themselves, in their own network.
        let mayPass = isHub || !parameters.isRobust
        if !mayPass, bug != .senderNetworkNotChecked, (peers[sender]?.network ?? .global) != network { return }
        if bug == .unannouncedIgnored, peers[sender]?.network == nil { return }
        let given = message.fromPeerID.flatMap { $0.value(in: packet).isTrue ? $0 : nil }
        let from = mayPass || bug == .foreignSenderTaken ? given : nil
        let bytes = voice.signal(message, from: from ?? Voice.text(sender.text), network, in: packet, now)
        if let (target, link) = local(wanted) {
            return deliver(bytes, from: sender, to: target, link, network, K.self, now, &out)
        }
        if bug == .errorOnUnknownTarget { complain(sender, K.self, now, &out) }
        if (message.targetPeerID?.bytes.count ?? 0) > Limits.target { return }
        let key = RelayKey(
            type: K.type.description, sender: sender, target: wanted,
            data: DataHash.of(message.data?.value(in: packet)))
        relay(bytes, key, isHub: isHub, now, &out)
    }
    private func complain<K: SignalKind>(_ sender: PeerID, _: K.Type, _ now: Instant, _ out: inout [Action]) {
        say(sender, voice.error(.text(K.type.description), now), &out)
    }
    /// The client of its own that an id names.
    private func local(_ wanted: Value) -> (PeerID, LinkID)? {
        guard case .text(let text) = wanted, let target = PeerID(text) else { return nil }
        if let link = links[target] { return (target, link) }
        guard bug == .targetAnyCase || bug == .foldsCase else { return nil }
        return links.first { $0.key.text.lowercased() == text.lowercased() }.map { ($0.key, $0.value) }
    }
    private func deliver<K: SignalKind>(
        _ bytes: [UInt8], from sender: PeerID, to target: PeerID, _ link: LinkID, _ network: NetworkName,
        _ kind: K.Type, _ now: Instant, _ out: inout [Action]
    ) {
        if bug == .selfNotDelivered, sender == target { return }
        let theirs = peers[target]?.network
        if bug == .unannouncedIgnored, theirs == nil { return }
        guard (theirs ?? .global) == network || bug == .networkNotChecked else {
            if bug == .errorOnOtherNetwork { complain(sender, kind, now, &out) }
            return
        }
        out.append(.send(link, bytes))
    }
    /// To other hubs, once in a while for the same.
    private mutating func relay(
        _ bytes: [UInt8], _ key: RelayKey, isHub: Bool, _ now: Instant, _ out: inout [Action]
    ) {
        let sender = key.sender
        var key = key
        if bug == .relaysOncePerTarget { (key.type, key.sender, key.data) = ("", .zero, "") }
        guard relayed.isNew(key, now) || bug == .relaysAgain, bug != .noRelay, !(bug == .noMiddle && isHub) else {
            return
        }
        let sent = bug == .relayAsItsOwn ? voice.asOwn(bytes, me) : bytes
        if case .text(let target) = key.target { relayOverMesh(sent, to: target, now, &out) }
        for _ in 0..<(bug == .relaysTwice ? 2 : 1) {
            for link in bootstraps.keys.sorted() where !isInMesh(link) { out.append(.send(link, sent)) }
            guard bootstraps.isEmpty || bug == .relaysToAllHubs else { continue }
            for hub in hubs where !isInMesh(links[hub]) && (hub != sender || bug == .relaysBack) {
                say(hub, sent, &out)
            }
        }
    }
}
